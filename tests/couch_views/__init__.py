"""Owns the tests of the documents: store, client, design documents, projection, queries.

Never talks to a server outside the test.
Called by pytest.
"""
