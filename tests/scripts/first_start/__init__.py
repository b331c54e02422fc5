"""Owns the tests of the first start.

Never needs an exchange but in the test of the whole.
Called by pytest.
"""
