"""Owns lies of what staff does with markets, and of what members only look at or amend without a key.

Never judges them.
Called by the tests of the verdict, which must find each.
"""

from collections.abc import Callable
from typing import Final

from actors.machines.messages.auctions import AuctionStarted
from actors.machines.messages.events import (
    Event,
    MarketClosed,
    MarketCreated,
    MarketSettled,
    MarketTurnedInPlay,
)
from actors.machines.messages.voiding import ContractVoided
from tests.chaos.ledger import ACCEPTED_MAX, MARKETS, ORDERS, PREVIEW, Answered, Entry, Json, is_order
from tests.chaos.planting import Lie, Told, twice, without


def is_started(event: Event) -> bool:
    return isinstance(event, AuctionStarted)


def is_in_play(event: Event) -> bool:
    return isinstance(event, MarketTurnedInPlay)


def is_voided(event: Event) -> bool:
    return isinstance(event, ContractVoided)


def is_verdict(event: Event) -> bool:
    return isinstance(event, MarketSettled)


def is_correction(event: Event) -> bool:
    return isinstance(event, MarketSettled) and event.verdict.version > 1


def is_closed(event: Event) -> bool:
    return isinstance(event, MarketClosed)


def is_made(event: Event) -> bool:
    return isinstance(event, MarketCreated) and event.market.name.startswith("Life")


def is_step(entry: Entry) -> bool:
    return entry.path.startswith(MARKETS) and entry.method == "PATCH" and "in_play" in entry.body


def an_order(told: Told) -> tuple[Entry, Json]:
    """The first order that was accepted alone: its request, and what it was answered with."""
    return next(
        (entry, entry.answers[0].content)
        for entry in told.ledger.entries
        if entry.path == ORDERS and entry.method == "POST" and entry.answers
        if is_order(entry.body) and entry.answers[0].status <= ACCEPTED_MAX
    )


def patched(asked: Json, **said: object) -> Callable[[Told], None]:
    """An order was to be amended so, without a key, and that was acknowledged."""

    def plant(told: Told) -> None:
        entry, content = an_order(told)
        answer = Answered(200, {**content, **asked, **said}, 0.0)
        path = f"{ORDERS}{content['order_id']}/"
        told.ledger.entries.append(Entry(entry.member, "PATCH", path, asked, None, answers=[answer]))

    return plant


def looked_at(**said: object) -> Callable[[Told], None]:
    """An order that is in the log was only to be looked at; ``said``: what else its preview was."""

    def plant(told: Told) -> None:
        entry, content = an_order(told)
        preview = {**content, "executions": [], "total_executed_quantity": 0, "available_quantity": 0, **said}
        answer = Answered(200, preview, 0.0)
        told.ledger.entries.append(Entry(entry.member, "POST", PREVIEW, entry.body, None, answers=[answer]))

    return plant


def nobody_asked_for_play(told: Told) -> None:
    told.ledger.entries[:] = [entry for entry in told.ledger.entries if not is_step(entry)]


def halted_unasked(told: Told) -> None:
    told.ledger.entries[:] = [
        entry
        for entry in told.ledger.entries
        if not (entry.path.startswith(MARKETS) and entry.method == "PATCH" and "state" in entry.body)
    ]


LIES_OF_STAFF: Final[dict[str, Lie]] = {
    "an amendment without a key is not in the log": (patched({"quantity": 123}), "lost"),
    "an amendment without a key acknowledged of another order": (
        patched({"quantity": 123}, order_id="999999"),
        "lost",
    ),
    "an order that was only to be looked at is placed": (looked_at(), "doubled"),
    "a preview of more than was asked for": (looked_at(available_quantity=10**9), "lost"),
    "a preview that doesn't add up": (looked_at(total_executed_quantity=1), "lost"),
    "a preview at a worse price than asked for": (
        looked_at(side="buy", price=1, executions=[{"price": 2, "quantity": 0}]),
        "lost",
    ),
    "an auction that staff was told of never began": (without(is_started), "lost"),
    "a turn in play that staff was told of never was": (without(is_in_play), "lost"),
    "a market turned in play twice": (twice(is_in_play), "doubled"),
    "a market turned in play and nobody asked for that": (nobody_asked_for_play, "doubled"),
    "auctions that nobody asked for": (halted_unasked, "doubled"),
    "a market closed twice": (twice(is_closed), "doubled"),
    "a market was made twice": (twice(is_made), "doubled"),
    "a market that was acknowledged is not in the log": (without(is_made), "lost"),
    "a contract was taken out twice": (twice(is_voided), "doubled"),
    "a contract that was taken out is in its market": (without(is_voided), "lost"),
    "a verdict that was acknowledged is not in the log": (without(is_correction), "lost"),
    "a verdict is there more often than it was asked for": (twice(is_correction), "doubled"),
}
