"""Owns the tests of the order books: drawn books, recorded flows, and two books side by side.

Never knows the market machine.
Called by pytest.
"""
