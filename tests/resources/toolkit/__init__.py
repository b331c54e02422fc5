"""Owns the tests of resources/toolkit: each piece alone, with made-up requests.

Never needs an exchange.
Called by pytest.
"""
