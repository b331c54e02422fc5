"""Owns the tests of who may do and see what, over all resources at once: none can be left out.

Never tests what a resource does for who may.
Called by pytest.
"""
