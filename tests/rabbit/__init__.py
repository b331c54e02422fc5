"""Owns the tests of the log: one contract for all implementations, damage of every kind, locks, crashes.

Never uses a log outside a test's own folder.
Called by pytest.
"""
