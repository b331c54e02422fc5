"""Owns the tests of the messages: what they refuse at birth, and that they survive the wire.

Never tests a decision.
Called by pytest.
"""
