"""Owns how arrivals are shown that are part of another event: they do to documents what any arrival does.

Never knows what that is: the parts of the rule about arrivals say so.
Called through the table.
"""

from collections.abc import Iterable, Mapping
from typing import Never, cast

from actors.machines.messages.auctions import SetUncrossed
from actors.machines.messages.book_events import OrderMatched, OrderReplaced
from couch_views.projection.rules import Addition, Change, Moment, Working
from couch_views.projection.trading import match_quotes, quotes_of, take_quotes
from couch_views.shapes import Document, QuotesDocument, document_id

Holder = OrderReplaced | SetUncrossed
"""What has an arrival in it: an order that arrives anew, or that counts as arriving as an auction ends."""


def replaced_quotes(event: OrderReplaced) -> Iterable[str]:
    """Those that it left, and those that it came to."""
    left = document_id("quotes", event.market_id, event.contract_id)
    return dict.fromkeys((left, *quotes_of(event.arrival)))


def replace_quotes(quotes: QuotesDocument, event: OrderReplaced, at: Moment) -> QuotesDocument:
    """It leaves its place, and arrives anew."""
    if quotes["_id"] == document_id("quotes", event.market_id, event.contract_id):
        take_quotes(quotes, event.side, event.price, event.left)
    return match_quotes(quotes, event.arrival, at) if quotes["_id"] in quotes_of(event.arrival) else quotes


def uncrossed_quotes(event: SetUncrossed) -> Iterable[str]:
    """Those of all contracts: a set has an order of each."""
    own = document_id("quotes", event.market_id, event.taken.contract_id)
    return dict.fromkeys((own, *quotes_of(event.taken)))


def uncross_set(quotes: QuotesDocument, event: SetUncrossed, at: Moment) -> QuotesDocument:
    """What trades leaves its level, that of the order that counts as arriving, too."""
    taken = event.taken
    if quotes["contract_id"] == str(taken.contract_id):
        take_quotes(quotes, taken.side, taken.price, taken.quantity)
        return quotes
    return match_quotes(quotes, taken, at)


def change_by_arrival(change: Change) -> Change:
    """What an arrival changes, for one that is part of another event."""

    def identify(event: Holder) -> Iterable[str]:
        return change.identify(cast("Never", _arrival(event)))

    def fold(document: Never, event: Holder, at: Moment) -> Document | Working:
        return change.fold(document, cast("Never", _arrival(event)), at)

    def begin_each(identity: str, event: Holder, at: Moment) -> Document:
        assert change.begin_each is not None, "asked for only where there is one"
        return change.begin_each(identity, cast("Never", _arrival(event)), at)

    begins = None if change.begin_each is None else begin_each
    return Change(change.kind, identify, fold, begin_each=begins)


def add_by_arrival(addition: Addition) -> Addition:
    """What an arrival adds, for one that is part of another event."""

    def make(event: Holder, at: Moment, documents: Mapping[str, Document]) -> Iterable[Document]:
        return addition.make(cast("Never", _arrival(event)), at, documents)

    def looks_at(event: Holder) -> Iterable[str]:
        return addition.looks_at(cast("Never", _arrival(event)))

    return Addition(addition.kind, make, looks_at)


def _arrival(event: Holder) -> OrderMatched:
    return event.taken if isinstance(event, SetUncrossed) else event.arrival
