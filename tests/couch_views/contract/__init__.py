"""Owns the contract suite: CouchDB's documented behaviour, as far as we use it.

Never tests what only our embedded server does: every test here also runs against a real CouchDB when
COUCHDB_URL is set.
Called by pytest.
"""
