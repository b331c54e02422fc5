"""Owns the representations: JSON, pages, feeds, tables of text, pictures.

Never decides which one is sent.
Called by resources, which declare theirs, and by the decisions.
"""
