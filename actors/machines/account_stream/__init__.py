"""Owns the machines of an account stream: members' accounts, orders, positions, credentials.

Never matches anything: what trades is the market's word.
Called by actors/machines/turn.py, one ``Accounts`` for each stream.
"""
