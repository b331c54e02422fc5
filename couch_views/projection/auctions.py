"""Owns what call auctions do to documents: which markets collect, and what an auction's trades leave and add.

Never says what an auction would trade at now: queries find that out when somebody asks.
Called through the table.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Never, cast

import msgspec

from actors.machines.messages.auctions import AuctionStarted, AuctionUncrossed
from actors.machines.messages.parts import Fill, SetFill
from actors.machines.messages.words import MarketState, Side
from couch_views.formats import format_time
from couch_views.projection.markets import with_state
from couch_views.projection.rules import Change, Moment, Working
from couch_views.projection.trading import take_quotes
from couch_views.shapes import (
    Document,
    ExecutionDocument,
    MarketDocument,
    QuotesDocument,
    document_id,
)


def market_of(event: AuctionStarted) -> tuple[str, ...]:
    return (document_id("market", event.market_id),)


def start(market: MarketDocument, event: AuctionStarted, _: Moment) -> MarketDocument:
    """It stays known while the market is halted, and ends as the market opens or closes."""
    started: MarketDocument = {
        **with_state(market, MarketState.AUCTION, {}),
        "version": market["version"] + 1,
    }
    started.pop("halt_reason", None)
    started["auction"] = {
        "kind": "closing" if event.closing else "opening",
        "ends_datetime": format_time(event.ends_time) if event.ends_time else None,
        "references": {str(each.contract_id): each.price for each in event.references},
    }
    return started


def quotes_of(event: AuctionUncrossed) -> tuple[str, ...]:
    return (document_id("quotes", event.market_id, event.contract_id),)


def uncross_quotes(quotes: QuotesDocument, event: AuctionUncrossed, _: Moment) -> QuotesDocument:
    """The levels move on into the new document."""
    for side, levels in ((Side.BUY, event.bids), (Side.SELL, event.offers)):
        for level in levels:
            take_quotes(quotes, side, level.price, level.quantity)
    return quotes


class Executed(msgspec.Struct, frozen=True, gc=False):
    """An auction's executions as those of an arrival are looked at, where only what was traded matters."""

    market_id: int
    contract_id: int
    time: int
    fills: tuple[Fill, ...]
    side: Side = Side.BUY
    """Nobody took: it isn't looked at."""
    sets: tuple[SetFill, ...] = ()
    """There are none: an auction is of one contract."""


def executed(event: AuctionUncrossed) -> Executed:
    fills = tuple(Fill(fill.execution_id, event.price, fill.quantity) for fill in event.fills)
    return Executed(event.market_id, event.contract_id, event.time, fills)


def change_by_auction(change: Change) -> Change:
    """What executions change, for those of an auction."""

    def identify(event: AuctionUncrossed) -> Iterable[str]:
        return change.identify(cast("Never", executed(event)))

    def fold(document: Never, event: AuctionUncrossed, at: Moment) -> Document | Working:
        return change.fold(document, cast("Never", executed(event)), at)

    def begin_each(identity: str, event: AuctionUncrossed, at: Moment) -> Document:
        assert change.begin_each is not None, "asked for only where there is one"
        return change.begin_each(identity, cast("Never", executed(event)), at)

    begins = None if change.begin_each is None else begin_each
    return Change(change.kind, identify, fold, begin_each=begins)


def add_executions(
    event: AuctionUncrossed, at: Moment, _: Mapping[str, Document]
) -> Iterator[ExecutionDocument]:
    """Nobody took: both orders were waiting."""
    for fill in event.fills:
        yield {
            "_id": document_id("execution", event.market_id, fill.execution_id),
            "kind": "execution",
            "stream": at.stream,
            "sequence": at.sequence,
            "execution_id": str(fill.execution_id),
            "market_id": str(event.market_id),
            "contract_id": str(event.contract_id),
            "price": event.price,
            "quantity": fill.quantity,
            "taker_side": None,
            "created_datetime": format_time(at.time),
        }
