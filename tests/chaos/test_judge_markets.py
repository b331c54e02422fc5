"""Owns the test that what a market did too early, too late, twice or otherwise becomes a finding of the rig.

Never tests the machines: they write the honest records into which lies are planted.
Called by pytest.
"""

from collections.abc import Callable
from typing import Final

import msgspec
import pytest

from actors.auditing.entries import Entry
from actors.machines.messages.amendments import AmendOrder
from actors.machines.messages.auctions import AuctionStarted, AuctionUncrossed
from actors.machines.messages.book_events import (
    AmendDelayed,
    OrderCancelled,
    OrderDelayed,
    OrderMatched,
    OrderReplaced,
)
from actors.machines.messages.commands import Command, PlaceOrder, TurnInPlay
from actors.machines.messages.events import Event, MarketClosed, MarketHalted
from actors.machines.messages.parts import Conditions
from actors.machines.messages.words import MarketState, Reason, SelfTrade, Side, TimeInForce
from actors.machines.streams import account_stream_of_id
from tests.chaos.findings import Findings
from tests.chaos.judge_markets import judge_entries
from tests.machines.auction_town import MARKET, A, AuctionTown, B
from tests.machines.town import LOT

LIFE_S: Final = 5
DELAY_MS: Final = 1_000
SOON_US: Final = 10
BEFORE_US: Final = 100_000
DATED_US: Final = 3_000_000
KEPT: Final = TimeInForce.KEEP_IN_PLAY


def found(entries: list[Entry]) -> Findings:
    findings = Findings()
    judge_entries((entry for entry in entries if entry.stream.startswith("markets")), findings)
    return findings


@pytest.fixture(scope="module")
def honest() -> list[Entry]:
    """A market that opens by an auction and closes by one, in play between them; all that has a time ends."""
    town = AuctionTown(LIFE_S, LIFE_S, in_play_delay_ms=DELAY_MS)
    town.move(MarketState.AUCTION)
    town.order(town.alice, Side.BUY, 60, 10)
    town.order(town.bob, Side.BUY, None, 10)
    town.order(town.carol, Side.SELL, 45, 15, time_in_force=KEPT)
    town.order(town.carol, Side.BUY, 30, 1, contract_id=B, time_in_force=KEPT)
    town.move(MarketState.HALTED)
    town.wait(SOON_US)
    town.move(MarketState.AUCTION)
    town.wait(LIFE_S * 1_000_000 + SOON_US)
    _trade(town)
    town.send(town.staff, TurnInPlay(MARKET))
    _wait_out(town)
    town.move(MarketState.AUCTION)
    _send(town, town.alice, PlaceOrder(MARKET, B, Side.SELL, 20, LOT, KEPT))
    town.wait(LIFE_S * 1_000_000 + SOON_US)
    assert town.market.state is MarketState.CLOSED
    town.assert_sound()
    return town.entries


def _trade(town: AuctionTown) -> None:
    """Members meet their own orders, and an order ends by itself."""
    town.order(town.alice, Side.BUY, 40, 2, contract_id=B)
    past_own = Conditions(self_trade=SelfTrade.CANCEL_MAKER)
    town.order(town.alice, Side.SELL, 40, 1, contract_id=B, conditions=past_own)
    dated = Conditions(good_til=town.time + DATED_US)
    town.order(town.bob, Side.BUY, 20, 1, B, TimeInForce.GOOD_TIL_DATE, dated)
    town.wait(DATED_US + SOON_US)


def _wait_out(town: AuctionTown) -> None:
    """Two orders and an amendment wait out the delay, and arrive."""
    _send(town, town.carol, AmendOrder(_kept(town), 2 * LOT, 35))
    _send(town, town.alice, PlaceOrder(MARKET, A, Side.BUY, 10, LOT, KEPT))
    _send(town, town.bob, PlaceOrder(MARKET, A, Side.BUY, 11, LOT, KEPT))
    town.wait(DELAY_MS * 1_000 + SOON_US)


def _send(town: AuctionTown, account_id: int, command: Command) -> None:
    """Asks for what isn't answered at once."""
    asked = town.request_of(account_id, command)
    town.turn(account_stream_of_id(account_id), [(f"ticket {town.keys}", asked)])
    town.deliver()


def _kept(town: AuctionTown) -> int:
    """Carol's bid that is kept in play."""
    return next(order_id for order_id, contract_id in town.market.resting.items() if contract_id == B)


def test_an_honest_market_is_found_clean(honest: list[Entry]) -> None:
    assert found(honest) == Findings()
    kinds = {type(event) for entry in honest for event in entry.body.events}
    assert {AuctionUncrossed, OrderDelayed, AmendDelayed, OrderReplaced, MarketHalted} <= kinds


Plant = Callable[[list[Entry]], list[Entry]]


def earlier(wanted: Callable[[Event], bool]) -> Plant:
    """The record with the last such event is of a moment before."""

    def plant(entries: list[Entry]) -> list[Entry]:
        place = max(place for place, entry in enumerate(entries) if any(map(wanted, entry.body.events)))
        return [
            entry._replace(time=entry.time - BEFORE_US) if at == place else entry
            for at, entry in enumerate(entries)
        ]

    return plant


def changed(change: Callable[[Event], tuple[Event, ...]]) -> Plant:
    """Events of all records, each as something else, twice, or not at all."""

    def plant(entries: list[Entry]) -> list[Entry]:
        return [
            entry._replace(
                body=msgspec.structs.replace(
                    entry.body, events=tuple(one for event in entry.body.events for one in change(event))
                )
            )
            for entry in entries
        ]

    return plant


def without(kind: type[Event]) -> Plant:
    return changed(lambda event: () if isinstance(event, kind) else (event,))


def twice(kind: type[Event]) -> Plant:
    return changed(lambda event: (event, event) if isinstance(event, kind) else (event,))


def with_other(kind: type[Event], **fields: object) -> Plant:
    return changed(
        lambda event: (msgspec.structs.replace(event, **fields) if isinstance(event, kind) else event,)
    )


def is_arrival(event: Event) -> bool:
    return isinstance(event, OrderMatched) and event.delayed


def is_expiry(event: Event) -> bool:
    return isinstance(event, OrderCancelled) and event.reason is Reason.EXPIRED


def less(event: Event) -> tuple[Event, ...]:
    """An auction trades one fill less than could."""
    if not isinstance(event, AuctionUncrossed):
        return (event,)
    volume = event.volume - event.fills[-1].quantity
    return (msgspec.structs.replace(event, fills=event.fills[:-1], volume=volume),)


def both_at_once(event: Event) -> tuple[Event, ...]:
    """What waited arrives as if it had not."""
    return (msgspec.structs.replace(event, delayed=False) if is_arrival(event) else event,)


def late(wanted: Callable[[Event], bool]) -> Plant:
    """What had to happen comes a record later."""

    def plant(entries: list[Entry]) -> list[Entry]:
        place = next(place for place, entry in enumerate(entries) if any(map(wanted, entry.body.events)))
        entry = entries[place]
        none = entry._replace(body=msgspec.structs.replace(entry.body, events=()))
        return [*entries[:place], none, *entries[place:]]

    return plant


def is_uncross(event: Event) -> bool:
    return isinstance(event, AuctionUncrossed)


LIES: Final[dict[str, tuple[Plant, str]]] = {
    "an uncross is lost": (without(AuctionUncrossed), "lost"),
    "an uncross is there twice": (twice(AuctionUncrossed), "lost"),
    "an uncross of less than could trade": (changed(less), "lost"),
    "an uncross at a price worse than an order's": (with_other(AuctionUncrossed, price=61), "lost"),
    "an auction that ends at another time": (with_other(AuctionStarted, ends_time=1), "lost"),
    "an auction that began twice": (twice(AuctionStarted), "lost"),
    "an auction that ended before its time": (earlier(is_uncross), "lost"),
    "an auction that ended after its time": (late(is_uncross), "lost"),
    "an auction that never ends": (without(MarketClosed), "lost"),
    "an order that waits for another time": (with_other(OrderDelayed, due_time=1), "lost"),
    "an order that begins to wait twice": (twice(OrderDelayed), "lost"),
    "an order that did not wait": (changed(both_at_once), "lost"),
    "an order that arrived before its time": (earlier(is_arrival), "lost"),
    "an order that arrived after its time": (late(is_arrival), "lost"),
    "an order that arrived and had not waited": (without(OrderDelayed), "lost"),
    "orders that wait and never arrive": (
        changed(lambda event: () if is_arrival(event) else (event,)),
        "stuck",
    ),
    "orders that arrived twice": (
        changed(lambda event: (event, event) if is_arrival(event) else (event,)),
        "lost",
    ),
    "an amendment that waits for another time": (with_other(AmendDelayed, due_time=1), "lost"),
    "an amendment that is carried out twice": (twice(OrderReplaced), "lost"),
    "an amendment that is never carried out": (without(OrderReplaced), "stuck"),
    "an order that expired before its time": (earlier(is_expiry), "lost"),
    "an order that expired after its time": (late(is_expiry), "lost"),
    "an order that never expired": (
        changed(lambda event: () if is_expiry(event) else (event,)),
        "lost",
    ),
    "orders that outlive the turn in play": (
        changed(
            lambda event: (
                ()
                if isinstance(event, OrderCancelled) and event.reason is Reason.MARKET_IN_PLAY
                else (event,)
            )
        ),
        "lost",
    ),
    "an order of one's own that was in the way and went twice": (
        changed(
            lambda event: (
                (msgspec.structs.replace(event, cancelled=event.cancelled * 2),)
                if isinstance(event, OrderMatched)
                else (event,)
            )
        ),
        "lost",
    ),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_planted_lie_is_found(honest: list[Entry], lie: str) -> None:
    plant, kind = LIES[lie]
    assert found(plant(honest)).by_kind()[kind] != []
