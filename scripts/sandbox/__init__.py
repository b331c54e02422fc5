"""Owns the sandbox: a whole exchange in one process, for the tests of who writes a client.

Never part of the exchange: nothing but this package knows the way to its clock, its faults and its reset.
Called as ``python -m scripts.sandbox`` (``make sandbox``), and by pytest through its ``fixtures``.
"""
