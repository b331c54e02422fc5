"""Owns the embedded CouchDB: the part of CouchDB's HTTP API that Credence uses, over one SQLite file.

Never opens a socket; ``server.EmbeddedServer.handle`` is the whole interface.
Called by couch_views.client and by the contract tests.

Where it differs from a CouchDB 3, all on purpose:

- Indexes are brought up to date by each write, in its transaction. What a new design document needs is built
  by its write if that is little, and goes on with each query that says ``update=lazy``; until it is there,
  other processes' queries are 503, where a CouchDB lets them wait. ``stable`` and ``stale`` ask for nothing.
- What a CouchDB finds out a moment later (a design document that was changed, in its cache) is so at once.
- Texts in keys sort as ICU does as far as they are ASCII without control characters.
- ``offset`` is always null: counting the rows before a range is work that grows with them.
- Only the current revision of a document is kept; there are no conflicts, attachments or replication.
- A map that runs too long or takes too much memory skips its document; CouchDB fails the whole view.
- Reduces are computed when asked for, from the rows of the range; only ``_sum``, ``_count``, ``_stats``.
- Changes come in the normal feed and ascending order only, without filters.
- What isn't there (JavaScript reduces, other languages...) is refused with 501 when it is written.
"""
