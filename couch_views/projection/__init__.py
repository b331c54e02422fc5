"""Owns how events become documents: folds as a table, and what a batch of them needs and writes.

Never decides; a document is a function of its stream's records, so it can be written again any time.
Called by the projector's process.

``orders``, ``trading``, ``markets``, ``accounts``, ``members``, ``events``: folds by subject. ``table``:
which event folds into which documents. ``fold``: a record. ``writes``: the documents of a batch.
"""
