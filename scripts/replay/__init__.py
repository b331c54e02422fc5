"""Owns the replay: an order flow file, driven through the exchange, measured against the naive book.

Never part of the exchange: it uses what a member and a staff member may use.
Called as ``python -m scripts.replay FILE`` (``make replay``).
"""
