"""Owns the tests of the market maker: what it wants as tables, what it does in the sandbox.

Never needs a running exchange.
Called by pytest.
"""
