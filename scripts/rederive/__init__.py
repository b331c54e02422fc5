"""Owns the command that makes the social streams anew from what they read, and compares.

Never writes.
Called by ``make rederive``.
"""
