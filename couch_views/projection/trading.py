"""Owns the documents of what trades: quotes, volumes with last prices, executions.

Never knows whose an order is: these documents are public.
Called through the table.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from typing import TypeAlias

import msgspec

from actors.machines.messages.events import OrderCancelled, OrderMatched, OrderReduced
from actors.machines.messages.words import Side
from couch_views.formats import format_time
from couch_views.projection.rules import Moment
from couch_views.shapes import Document, ExecutionDocument, QuotesDocument, TradingDocument, document_id

Levels: TypeAlias = list[list[int]]
"""``[price, quantity]``, best first."""


def quotes_of(event: OrderMatched | OrderCancelled | OrderReduced) -> tuple[str, ...]:
    if isinstance(event, OrderMatched):
        if not event.fills and not event.cancelled and not _rests(event):
            return ()
    elif isinstance(event, OrderCancelled) and event.delayed:
        return ()  # it was in no book yet
    return (document_id("quotes", event.market_id, event.contract_id),)


def trading_of(event: OrderMatched) -> tuple[str, ...]:
    return (document_id("trading", event.market_id),) if event.fills else ()


def match_quotes(quotes: QuotesDocument, event: OrderMatched, _: Moment) -> QuotesDocument:
    """The levels move on into the new document: an event costs what it touches, however deep the book."""
    resting = event.side
    for own in event.cancelled:
        take_quotes(quotes, own.side, own.price, own.quantity)
    for fill in event.fills:
        take_quotes(quotes, _other(resting), fill.price, fill.quantity)
    if _rests(event):
        _put(quotes, resting, event.price, event.left)
    return quotes


def cancel_quotes(quotes: QuotesDocument, event: OrderCancelled, _: Moment) -> QuotesDocument:
    """The levels move on into the new document."""
    take_quotes(quotes, event.side, event.price, event.quantity)
    return quotes


def reduce_quotes(quotes: QuotesDocument, event: OrderReduced, _: Moment) -> QuotesDocument:
    """The levels move on into the new document."""
    if event.reduced:
        take_quotes(quotes, event.side, event.price, event.reduced)
    return quotes


class WorkingTrading(msgspec.Struct):
    """A market's trading between events; ``times`` of contracts that are not in the document yet."""

    document: TradingDocument
    times: dict[str, int] = msgspec.field(default_factory=dict)

    def dump(self) -> TradingDocument:
        for contract_id, time in self.times.items():
            self.document["contracts"][contract_id]["timestamp"] = format_time(time)
        self.times.clear()
        return self.document


def update_trading(trading: WorkingTrading, event: OrderMatched, at: Moment) -> WorkingTrading:
    contract_id = str(event.contract_id)
    traded = sum([fill.quantity for fill in event.fills])
    contract = trading.document["contracts"][contract_id]
    contract["volume"] += traded
    contract["last_executed_price"] = event.fills[-1].price
    trading.document["volume"] += traded
    trading.times[contract_id] = at.time
    return trading


def add_executions(event: OrderMatched, at: Moment, _: Mapping[str, Document]) -> Iterator[ExecutionDocument]:
    for fill in event.fills:
        yield {
            "_id": document_id("execution", event.market_id, fill.execution_id),
            "kind": "execution",
            "stream": at.stream,
            "sequence": at.sequence,
            "execution_id": str(fill.execution_id),
            "market_id": str(event.market_id),
            "contract_id": str(event.contract_id),
            "price": fill.price,
            "quantity": fill.quantity,
            "taker_side": str(event.side),
            "created_datetime": format_time(at.time),
        }


def _rests(event: OrderMatched) -> bool:
    return event.left > 0 and event.reason is None


def _other(side: Side) -> Side:
    return Side.SELL if side is Side.BUY else Side.BUY


def _put(quotes: QuotesDocument, side: Side, price: int, quantity: int) -> None:
    levels, at = _find(quotes, side, price)
    if at < len(levels) and levels[at][0] == price:
        levels[at][1] += quantity
    else:
        levels.insert(at, [price, quantity])


def take_quotes(quotes: QuotesDocument, side: Side, price: int, quantity: int) -> None:
    levels, at = _find(quotes, side, price)
    resting = levels[at][1] if at < len(levels) and levels[at][0] == price else 0
    assert quantity <= resting, f"{quotes['_id']}: {resting} rests at {price}, and {quantity} is taken"
    if quantity == resting:
        del levels[at]
    else:
        levels[at][1] = resting - quantity


def _find(quotes: QuotesDocument, side: Side, price: int) -> tuple[Levels, int]:
    """The side's levels, and where a price is or belongs."""
    if side is Side.BUY:
        return quotes["bids"], bisect_left(quotes["bids"], -price, key=_descending)
    return quotes["offers"], bisect_left(quotes["offers"], price, key=_ascending)


def _ascending(level: list[int]) -> int:
    return level[0]


def _descending(level: list[int]) -> int:
    return -level[0]
