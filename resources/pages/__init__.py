"""Owns what pages know of the exchange: how values are written, and what stands beside a content.

Never decides what a resource answers: pages show it.
Called by resources, for what only their pages show, and by the templates.
"""
