"""Owns the report of transitions: which of those that the machines declare are taken, and by which tests.

Never changes what a machine does: it looks on.
Called by pytest, with ``--transitions``.
"""
