"""Owns the tests of the projection: folds as tables, the projector as a conversation with log and store.

Never starts a process.
Called by pytest.
"""
