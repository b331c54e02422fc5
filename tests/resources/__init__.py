"""Owns the tests of resources/: mock requests to actors in one thread, or to actors that the test plays.

Never starts a server or a process, but for the test of the program that serves.
Called by pytest.
"""
