"""Owns the rules of this repository that no linter knows, as tests.

Never tests behaviour. Each rule has a canary beside it: a snippet that it must refuse.
Called by pytest.
"""
