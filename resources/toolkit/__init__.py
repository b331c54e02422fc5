"""Owns what every resource has in common: declarations, decisions, input, output, problems.

Never knows what an exchange is, and does no I/O of its own: a request in, a response out.
Called by the modules of resources/, and hosted by toolkit/falcon_host.py alone.
"""
