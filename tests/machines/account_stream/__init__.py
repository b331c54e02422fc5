"""Owns the tests of accounts, orders, positions and credentials, laid out like what they test.

Never starts a host: a town of pure streams plays the exchange.
Called by pytest.
"""
