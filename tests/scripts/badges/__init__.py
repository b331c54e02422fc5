"""Owns the tests of ``make badges``.

Never starts a process.
Called by pytest.
"""
