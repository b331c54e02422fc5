"""Owns the tests of the client.

Never needs a running exchange: the sandbox is one, in the same process.
Called by pytest.
"""
