"""Owns the tests of the crowd: how its members decide, and what they do to a sandbox.

Never needs a running exchange.
Called by pytest.
"""
