"""Owns the exchange itself: the pure machines and the processes that run them.

Never serves HTTP and never stores documents: that is resources/ and couch_views/.
Called by resources (through actors.processes.gateway only) and by scripts.
"""
