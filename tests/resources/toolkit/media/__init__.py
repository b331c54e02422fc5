"""Owns the tests of the representations.

Never tests which one is sent.
Called by pytest.
"""
