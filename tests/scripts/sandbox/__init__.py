"""Owns the tests of the sandbox.

Never needs another process, but where a client's author would have one.
Called by pytest.
"""
