"""Owns the tests of markets and what they match by, of the catalogue and the kill switch.

Never starts a host: a town of pure streams plays the exchange.
Called by pytest.
"""
