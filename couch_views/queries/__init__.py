"""Owns the reads that the web needs, as typed functions: which document or view, sorting, paging.

Never writes; never shows a caller the name of a view.
Called by resources.

``catalogue``: events, markets. ``prices``: quotes, volumes, executions. ``orders``: one's orders and
fills. ``accounts``: account, member, positions, statement, and how far the documents have come.
"""
