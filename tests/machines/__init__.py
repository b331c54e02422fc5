"""Owns the tests of the machines, each alone, as tables and properties.

Never starts a process or touches a disk.
Called by pytest.
"""
