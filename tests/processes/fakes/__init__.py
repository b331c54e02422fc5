"""Owns small programs and actors that stand in for hosts, web and first start in tests of the tree.

Never used outside tests.
Called by the tests of root, supervisor and launcher, as modules and as programs.
"""
