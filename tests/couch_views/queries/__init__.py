"""Owns the tests of the queries, each against the embedded store and the real design documents.

Never goes through HTTP.
Called by pytest.
"""
