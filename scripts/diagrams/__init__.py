"""Owns the diagrams of the machines: read from their tables, written into ARCHITECTURE.md.

Never says what a transition means: that stands above each machine's table.
Called by ``make diagrams``, and by the report of transitions, which reads the same tables.
"""
