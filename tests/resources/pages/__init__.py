"""Owns the tests of what pages know of the exchange.

Never tests a whole page: the tests of pages do.
Called by pytest.
"""
