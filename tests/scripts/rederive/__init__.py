"""Owns the tests of ``make rederive``.

Never starts a process.
Called by pytest.
"""
