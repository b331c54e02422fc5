"""Owns how a replaced order is shown: what its arrival does to documents, the same as any arrival does.

Never knows what that is: the parts of the rule about arrivals say so.
Called through the table.
"""

from collections.abc import Iterable, Mapping
from typing import Never, cast

from actors.machines.messages.book_events import OrderReplaced
from couch_views.projection.rules import Addition, Change, Moment, Working
from couch_views.projection.trading import match_quotes, quotes_of, take_quotes
from couch_views.shapes import Document, QuotesDocument, document_id


def replaced_quotes(event: OrderReplaced) -> Iterable[str]:
    """Those that it left, and those that it came to."""
    left = document_id("quotes", event.market_id, event.contract_id)
    return dict.fromkeys((left, *quotes_of(event.arrival)))


def replace_quotes(quotes: QuotesDocument, event: OrderReplaced, at: Moment) -> QuotesDocument:
    """It leaves its place, and arrives anew."""
    if quotes["_id"] == document_id("quotes", event.market_id, event.contract_id):
        take_quotes(quotes, event.side, event.price, event.left)
    return match_quotes(quotes, event.arrival, at) if quotes["_id"] in quotes_of(event.arrival) else quotes


def change_by_arrival(change: Change) -> Change:
    """What an arrival changes, for an order that arrives anew."""

    def identify(event: OrderReplaced) -> Iterable[str]:
        return change.identify(cast("Never", event.arrival))

    def fold(document: Never, event: OrderReplaced, at: Moment) -> Document | Working:
        return change.fold(document, cast("Never", event.arrival), at)

    def begin_each(identity: str, event: OrderReplaced, at: Moment) -> Document:
        assert change.begin_each is not None, "asked for only where there is one"
        return change.begin_each(identity, cast("Never", event.arrival), at)

    begins = None if change.begin_each is None else begin_each
    return Change(change.kind, identify, fold, begin_each=begins)


def add_by_arrival(addition: Addition) -> Addition:
    """What an arrival adds, for an order that arrives anew."""

    def make(event: OrderReplaced, at: Moment, documents: Mapping[str, Document]) -> Iterable[Document]:
        return addition.make(cast("Never", event.arrival), at, documents)

    def looks_at(event: OrderReplaced) -> Iterable[str]:
        return addition.looks_at(cast("Never", event.arrival))

    return Addition(addition.kind, make, looks_at)
