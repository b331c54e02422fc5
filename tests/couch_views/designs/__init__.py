"""Owns the tests of the design documents' map functions.

Never tests what the queries make of them.
Called by pytest.
"""
