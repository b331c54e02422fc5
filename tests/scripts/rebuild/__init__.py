"""Owns the tests of ``make reconcile``.

Never starts a process.
Called by pytest.
"""
