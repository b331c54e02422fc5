"""Owns the documents of a market's history: each contract's candles, in blocks.

Never touches a block but the one in which an execution falls.
Called through the table.
"""

from collections.abc import Callable, Iterator

from actors.machines.market_stream.executions import executions
from actors.machines.messages.book_events import OrderMatched
from couch_views.candles import add_execution, block_of, start_of
from couch_views.projection.rules import Change, Moment
from couch_views.projection.trading import contracts_traded
from couch_views.shapes import ID_DIGITS, HistoryDocument, document_id


def keep_candles(interval_s: int) -> Change:
    """The change that takes an order's executions into the candles of this interval."""
    return Change("history", _blocks_of(interval_s), _add_fills, begin_each=_begin(interval_s))


def _blocks_of(interval_s: int) -> Callable[[OrderMatched], Iterator[str]]:
    def identify(event: OrderMatched) -> Iterator[str]:
        # Before events had their time (in no version that was released) nothing tells the block.
        if event.time:
            block = block_of(start_of(event.time, interval_s), interval_s)
            for contract_id in contracts_traded(event):
                yield document_id("history", event.market_id, interval_s, block, contract_id)

    return identify


def _begin(interval_s: int) -> Callable[[str, OrderMatched, Moment], HistoryDocument]:
    def begin(identity: str, event: OrderMatched, at: Moment) -> HistoryDocument:
        return {
            "_id": identity,
            "kind": "history",
            "stream": at.stream,
            "sequence": at.sequence,
            "market_id": str(event.market_id),
            "contract_id": str(int(identity[-ID_DIGITS:])),
            "interval_s": interval_s,
            "candles": [],
        }

    return begin


def _add_fills(history: HistoryDocument, event: OrderMatched, _: Moment) -> HistoryDocument:
    """The candles move on into the new document: a fill costs the same, however many there were."""
    start_s = start_of(event.time, history["interval_s"])
    contract_id = int(history["contract_id"])
    for made in executions(event):
        if made.contract_id == contract_id:
            add_execution(history["candles"], start_s, made.price, made.quantity)
    return history
