"""Owns the machines of a market stream: markets with what they match by, catalogue, kill switch.

Never knows funds: what is accepted is the account's word.
Called by actors/machines/turn.py, one ``Markets`` for each stream.
"""
