"""Owns the tests of the commands.

Never starts an exchange unless the test is marked whole.
Called by pytest.
"""
