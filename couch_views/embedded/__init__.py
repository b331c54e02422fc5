"""Owns the embedded CouchDB: the part of CouchDB's HTTP API that Credence uses, over one SQLite file.

Never opens a socket; ``server.EmbeddedServer.handle`` is the whole interface.
Called by couch_views.client and by the contract tests.
"""
