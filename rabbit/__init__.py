"""Owns the log: its interface and its implementations.

Never knows what a record means; the body is bytes here.
Called by actors.processes (hosts write, followers read) and by scripts.
"""
