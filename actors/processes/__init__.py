"""Owns the running processes: hosts, supervisor, launcher, projector, gateway.

Never decides what an order means: that is actors.machines.
Called by scripts (to start) and by resources (the gateway alone).
"""
