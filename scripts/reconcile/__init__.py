"""Owns the reconciliation of the books: what the exchange holds, what the ledger and the documents say of it.

Never corrects anything.
Called by ``make reconcile`` and by tests.

``command``: options, output, exit status. ``replaying``: the exchange's machines as its log makes them.
``stored``: all of an installation's log and documents. ``asked``: a running exchange, over HTTP.
``reconciled``: what they tell, and come to.
"""
