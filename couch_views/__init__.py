"""Owns documents: their shapes, the store behind the couchdb client, design documents, projections.

Never decides anything about trading; every document can be rebuilt from the log.
Called by actors.processes (the projector writes) and by resources (reads).
"""
