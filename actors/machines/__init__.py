"""Owns what the exchange means: pure state machines, no I/O, no clock, no chance, no float.

Never performs anything: a machine answers with events and with messages as data.
Called by actors.processes, by followers of the log (for the messages) and by tests.
"""
