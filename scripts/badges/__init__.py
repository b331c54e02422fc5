"""Owns the command that counts badges over the past.

Never runs while an exchange does.
Called by ``make badges``.
"""
