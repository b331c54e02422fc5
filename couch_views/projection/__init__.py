"""Owns how events become documents: folds as a table, and what a batch of them needs and writes.

Never decides; a document is a function of its stream's records, so it can be written again any time.
Called by the projector's process.

``orders``, ``trading``, ``history``, ``markets``, ``news``, ``accounts``, ``ledger``, ``members``,
``actions``, ``events``: folds by subject. ``table``: which event folds into which documents.
``fold``: the records of a batch. ``held``: a document that they are folded into. ``writes``: the
documents of a batch.
"""
