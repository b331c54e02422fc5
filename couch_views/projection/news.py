"""Owns the documents of the news of markets: made, opened, halted, in play, closed, settled, and why.

Never tells who did it, or who trades.
Called through the table.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from actors.machines.messages.auctions import AuctionStarted
from actors.machines.messages.events import (
    MarketClosed,
    MarketCreated,
    MarketHalted,
    MarketOpened,
    MarketSettled,
    MarketTurnedInPlay,
)
from actors.machines.messages.voiding import ContractVoided
from couch_views.formats import format_time
from couch_views.projection.rules import Moment
from couch_views.shapes import Document, NewsDocument, document_id

PLACE_DIGITS: Final = 7

Step = AuctionStarted | MarketOpened | MarketTurnedInPlay | MarketClosed


def add_creation(event: MarketCreated, at: Moment, _: Mapping[str, Document]) -> Iterator[NewsDocument]:
    yield _news(event.market.market_id, "created", at)


def add_step(
    name: str,
) -> Callable[[Step, Moment, Mapping[str, Document]], Iterator[NewsDocument]]:
    """A step that has no reason."""

    def add(event: Step, at: Moment, _: Mapping[str, Document]) -> Iterator[NewsDocument]:
        yield _news(event.market_id, name, at)

    return add


def add_halt(event: MarketHalted, at: Moment, _: Mapping[str, Document]) -> Iterator[NewsDocument]:
    yield _news(event.market_id, "halted", at, event.reason)


def add_settlement(event: MarketSettled, at: Moment, _: Mapping[str, Document]) -> Iterator[NewsDocument]:
    verdict = event.verdict
    name = "voided" if verdict.void else "settled" if verdict.version == 1 else "corrected"
    yield _news(event.market_id, name, at, event.reason, tuple(verdict.payouts))


def add_void(event: ContractVoided, at: Moment, _: Mapping[str, Document]) -> Iterator[NewsDocument]:
    told = _news(event.market_id, "contract_voided", at, event.reason)
    told["contract_id"] = str(event.contract_id)
    yield told


def _news(
    market_id: int, name: str, at: Moment, reason: str = "", winners: tuple[int, ...] = ()
) -> NewsDocument:
    return {
        "_id": document_id("news", market_id, at.sequence, at.place),
        "kind": "news",
        "stream": at.stream,
        "sequence": at.sequence,
        "id": f"{at.sequence}{at.place:0{PLACE_DIGITS}d}",
        "market_id": str(market_id),
        "type": name,
        "reason": reason or None,
        "winners": [str(winner) for winner in winners],
        "created_datetime": format_time(at.time),
    }
