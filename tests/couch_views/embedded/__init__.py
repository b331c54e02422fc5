"""Owns the tests of the embedded document server, module by module.

Never talks to a server outside the test.
Called by pytest.
"""
