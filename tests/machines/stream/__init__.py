"""Owns the tests of members' activity, a module for each slice.

Never starts a host: a town of pure streams plays the exchange.
Called by pytest.
"""
