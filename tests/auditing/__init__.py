"""Owns the tests of the audit: each rule with a lawful log that passes and a falsified one that is found.

Never starts a process.
Called by pytest.
"""
