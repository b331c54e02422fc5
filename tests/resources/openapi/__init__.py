"""Owns the tests of the description of the API.

Never tests what the API does.
Called by pytest.
"""
