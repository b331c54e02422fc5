"""Owns the tests of the diagrams.

Never tests a machine.
Called by pytest.
"""
