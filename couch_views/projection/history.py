"""Owns the documents of a market's history: each contract's candles, in blocks.

Never touches a block but the one in which an execution falls.
Called through the table.
"""

from collections.abc import Callable, Iterator

from actors.machines.messages.events import OrderMatched
from couch_views.candles import add_execution, block_of, start_of
from couch_views.projection.rules import Change, Moment
from couch_views.shapes import HistoryDocument, document_id


def keep_candles(interval_s: int) -> Change:
    """The change that takes an order's executions into the candles of this interval."""
    return Change("history", _block_of(interval_s), _add_fills, begin=_begin(interval_s))


def _block_of(interval_s: int) -> Callable[[OrderMatched], Iterator[str]]:
    def identify(event: OrderMatched) -> Iterator[str]:
        # Before events had their time (in no version that was released) nothing tells the block.
        if event.fills and event.time:
            block = block_of(start_of(event.time, interval_s), interval_s)
            yield document_id("history", event.market_id, interval_s, block, event.contract_id)

    return identify


def _begin(interval_s: int) -> Callable[[OrderMatched, Moment], HistoryDocument]:
    def begin(event: OrderMatched, at: Moment) -> HistoryDocument:
        (identity,) = _block_of(interval_s)(event)
        return {
            "_id": identity,
            "kind": "history",
            "stream": at.stream,
            "sequence": at.sequence,
            "market_id": str(event.market_id),
            "contract_id": str(event.contract_id),
            "interval_s": interval_s,
            "candles": [],
        }

    return begin


def _add_fills(history: HistoryDocument, event: OrderMatched, _: Moment) -> HistoryDocument:
    """The candles move on into the new document: a fill costs the same, however many there were."""
    start_s = start_of(event.time, history["interval_s"])
    for fill in event.fills:
        add_execution(history["candles"], start_s, fill.price, fill.quantity)
    return history
