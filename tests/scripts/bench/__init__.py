"""Owns the tests of the benchmarks' own tools.

Never measures anything.
Called by pytest.
"""
