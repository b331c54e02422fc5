"""Owns the chaos rig: real processes under load, killed at random moments, and a verdict on the promise.

Never looks inside a running exchange: the verdict reads the log, the documents and the rig's own ledger.
Called as ``python -m tests.chaos`` (``make chaos``); its own tests show that it finds planted lies.
"""
