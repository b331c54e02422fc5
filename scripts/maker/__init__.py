"""Owns a market maker: two-sided quotes around a fair value, in one market, until it is told to stop.

Never leaves an order behind: its last deed is to cancel them all.
Called as ``python -m scripts.maker`` (``make maker``).
"""
