"""Owns the tests of actors/processes: conversations with a process whose neighbours the test plays.

Never holds code that the exchange runs.
Called by pytest.
"""
