"""Owns the web: the REST toolkit and the resources on it.

Never decides what an order means, never writes a document: the actors and the projector do.
Called by the web server process that the supervisor's tree runs, and by tests.
"""
