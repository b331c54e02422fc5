"""Owns the web: the REST toolkit, the exchange's resources on it, and the program that serves them.

Never decides about money or orders: commands go through the gateway, reads come from documents.
Called by HTTP clients through ``resources.serve``, and by tests through ``resources.app``.
"""
