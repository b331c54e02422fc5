"""Owns the tests of the web's middleware.

Never starts a server.
Called by pytest.
"""
