"""Owns the command that makes all documents anew from the log.

Never runs while an exchange does.
Called by ``make rebuild``.
"""
