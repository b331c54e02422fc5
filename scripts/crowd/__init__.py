"""Owns a crowd of made-up members that fills an exchange with life: they trade, talk, follow and dare.

Never lasts longer, or does more, than it was told.
Called as ``python -m scripts.crowd`` (``make crowd``).
"""
