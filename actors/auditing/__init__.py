"""Owns the audit: what must hold of a log, recomputed from its records alone.

Never shares code with the machines beyond the messages, never does I/O, never reads a clock.
Called by the auditor's process, by ``make audit`` and by rigs, through ``actors.auditing.auditor``.
"""
