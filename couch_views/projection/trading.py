"""Owns the documents of what trades: quotes, volumes with last prices, executions.

Never knows whose an order is: these documents are public.
Called through the table.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

import msgspec

from actors.machines.market_stream.executions import executions
from actors.machines.messages.book_events import OrderCancelled, OrderMatched, OrderReduced
from actors.machines.messages.words import Side
from couch_views.formats import format_time
from couch_views.projection.rules import Moment
from couch_views.shapes import Document, ExecutionDocument, QuotesDocument, TradingDocument, document_id

Levels: TypeAlias = list[list[int]]
"""``[price, quantity]``, best first."""


def quotes_of(event: OrderMatched | OrderCancelled | OrderReduced) -> tuple[str, ...]:
    if isinstance(event, OrderMatched):
        return tuple(document_id("quotes", event.market_id, each) for each in _contracts_changed(event))
    if event.delayed if isinstance(event, OrderCancelled) else event.waits:
        return ()  # it was in no book yet
    return (document_id("quotes", event.market_id, event.contract_id),)


def trading_of(event: OrderMatched) -> tuple[str, ...]:
    return (document_id("trading", event.market_id),) if event.fills or event.sets else ()


def contracts_traded(event: OrderMatched) -> Iterable[int]:
    """Those that have executions: a set is traded in all of its market's contracts."""
    if not event.sets:
        return (event.contract_id,) if event.fills else ()
    return (event.contract_id, *(leg.contract_id for leg in event.sets[0].legs))


def _contracts_changed(event: OrderMatched) -> Iterable[int]:
    """Those of which something came to rest, or went."""
    changed = (event.contract_id,) if event.fills or _rests(event) else ()
    if not event.sets and not event.cancelled:
        return changed
    own = [own.contract_id for own in event.cancelled]
    return dict.fromkeys([*changed, *own, *(leg.contract_id for one in event.sets for leg in one.legs)])


def match_quotes(quotes: QuotesDocument, event: OrderMatched, _: Moment) -> QuotesDocument:
    """The levels move on into the new document: an event costs what it touches, however deep the book."""
    resting = event.side
    if event.cancelled or event.sets:
        _leave(quotes, event)
        if quotes["contract_id"] != str(event.contract_id):
            return quotes
    for fill in event.fills:
        take_quotes(quotes, _other(resting), fill.price, fill.quantity)
    if _rests(event):
        _put(quotes, resting, event.price, event.left)
    return quotes


def _leave(quotes: QuotesDocument, event: OrderMatched) -> None:
    """What was cancelled of this contract, or became part of a set."""
    contract_id = int(quotes["contract_id"])
    for own in event.cancelled:
        if own.contract_id == contract_id:
            take_quotes(quotes, own.side, own.price, own.quantity)
    for one in event.sets:
        for leg in one.legs:
            if leg.contract_id == contract_id:
                take_quotes(quotes, event.side, leg.resting_price, one.quantity)


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
    for made in executions(event):
        contract_id = str(made.contract_id)
        contract = trading.document["contracts"][contract_id]
        contract["volume"] += made.quantity
        contract["last_executed_price"] = made.price
        trading.document["volume"] += made.quantity
        trading.times[contract_id] = at.time
    return trading


def add_executions(event: OrderMatched, at: Moment, _: Mapping[str, Document]) -> Iterator[ExecutionDocument]:
    for made in executions(event):
        yield {
            "_id": document_id("execution", event.market_id, made.execution_id),
            "kind": "execution",
            "stream": at.stream,
            "sequence": at.sequence,
            "execution_id": str(made.execution_id),
            "market_id": str(event.market_id),
            "contract_id": str(made.contract_id),
            "price": made.price,
            "quantity": made.quantity,
            "taker_side": str(made.taker_side),
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
