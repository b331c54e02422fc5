"""Owns the tests; they mirror the tree of the packages (tests/tidy checks it).

Never imported by the packages.
Called by pytest.
"""
