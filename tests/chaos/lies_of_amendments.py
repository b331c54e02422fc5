"""Owns lies of amendments, of sets, and of what orders were accepted under.

Never judges them.
Called by the tests of the verdict, which must find each.
"""

from collections.abc import Callable
from typing import Final

import msgspec

from actors.machines.messages.amendments import AmendRequested
from actors.machines.messages.book_events import OrderMatched, OrderReduced, OrderReplaced
from actors.machines.messages.events import Event, OrderPlaced, OrderUpdated
from actors.machines.messages.parts import Conditions
from actors.machines.messages.words import Reason, TimeInForce
from tests.chaos.ledger import ORDERS, Entry, Json, is_amendment
from tests.chaos.planting import Lie, Told, is_cancelled, place_of, twice, with_other, without


def is_amending(event: Event) -> bool:
    return isinstance(event, AmendRequested)


def is_reduced(event: Event) -> bool:
    return isinstance(event, OrderReduced)


def is_replaced(event: Event) -> bool:
    return isinstance(event, OrderReplaced)


def is_amended(event: Event) -> bool:
    """The account has heard that an order was amended."""
    return isinstance(event, OrderUpdated) and event.amended is not None


def is_set(event: Event) -> bool:
    return isinstance(event, OrderMatched) and bool(event.sets)


def without_a_leg(told: Told) -> None:
    """The maker of one leg of a set never booked it."""
    matched = told.events[place_of(told, is_set)][1]
    assert isinstance(matched, OrderMatched)
    leg = matched.sets[0].legs[0]
    without(
        lambda event: (
            isinstance(event, OrderUpdated)
            and event.order_id == leg.order_id
            and any(fill.execution_id == leg.execution_id for fill in event.fills)
        )
    )(told)


def with_other_set(told: Told) -> None:
    """A set was made for more than it pays."""
    place = place_of(told, is_set)
    stream, event = told.events[place]
    assert isinstance(event, OrderMatched)
    dearer = msgspec.structs.replace(event.sets[0], price=event.sets[0].price + 1)
    told.events[place] = stream, msgspec.structs.replace(event, sets=(dearer, *event.sets[1:]))


def as_if(**fields: object) -> Callable[[Told], None]:
    """An order that traded at once had been placed otherwise."""

    def plant(told: Told) -> None:
        takers = {
            event.order_id: event.left
            for _, event in told.events
            if isinstance(event, OrderMatched)
            if event.fills
        }
        place = place_of(
            told,
            lambda event: isinstance(event, OrderPlaced) and bool(takers.get(event.order_id)),
        )
        stream, event = told.events[place]
        told.events[place] = stream, msgspec.structs.replace(event, **fields)

    return plant


def first_amendment(told: Told, status: int = 200) -> tuple[Entry, int, Json]:
    """The first amendment that was answered so: its request, its place there, its answer."""
    return next(
        (entry, index, content)
        for entry in told.ledger.entries
        if entry.path == ORDERS and entry.method == "POST" and entry.answers
        for index, (answered, content) in enumerate(entry.results(0))
        if answered == status and is_amendment(entry.items[index])
    )


def amended_says(**changed: object) -> Callable[[Told], None]:
    """The first amendment was acknowledged with something else."""

    def plant(told: Told) -> None:
        _, _, content = first_amendment(told)
        content.update(changed)

    return plant


def without_a_trace_of_amendments(told: Told) -> None:
    """Of one order that was amended, the log knows of no amendment."""
    amended = told.events[place_of(told, is_amended)][1]
    assert isinstance(amended, OrderUpdated)
    told.events[:] = [
        (stream, event)
        for stream, event in told.events
        if not (
            (isinstance(event, AmendRequested | OrderReduced | OrderReplaced) or is_amended(event))
            and getattr(event, "order_id", None) == amended.order_id
        )
    ]


def amendment_asked_otherwise(told: Told) -> None:
    entry, index, _ = first_amendment(told)
    entry.items[index]["quantity"] += 1


def amended_though_refused(told: Told) -> None:
    _, _, content = first_amendment(told)
    content.update(status=409, error_type="TOO_LATE")


def nobody_asked_to_amend(told: Told) -> None:
    entry, index, _ = first_amendment(told)
    entry.items[index].clear()
    entry.items[index]["cancel_reference_id"] = "no more"


LIES_OF_AMENDMENTS: Final[dict[str, Lie]] = {
    "an acknowledged amendment is not in the log": (without_a_trace_of_amendments, "lost"),
    "an amendment was carried out that no account had asked for": (without(is_amending), "doubled"),
    "an amendment acknowledged at another price": (amended_says(price=1), "lost"),
    "an amendment acknowledged of another order": (amended_says(order_id="999999"), "lost"),
    "an amendment logged with another quantity": (amendment_asked_otherwise, "lost"),
    "an amendment was refused, but carried out": (amended_though_refused, "lost"),
    "the account never heard that its order was amended": (without(is_amended), "lost"),
    "the account heard twice that its order was amended": (twice(is_amended), "doubled"),
    "an order was reduced twice": (twice(is_reduced), "doubled"),
    "an order was replaced twice": (twice(is_replaced), "doubled"),
    "an order was reduced to something else": (
        with_other(is_reduced, quantity=lambda units: units + 1),
        "lost",
    ),
    "an amendment was requested twice": (twice(is_amending), "doubled"),
    "an amendment that nobody asked for": (nobody_asked_to_amend, "doubled"),
    "the market forgot a reduction": (without(is_reduced), "stuck"),
    "the market forgot a replacement": (without(is_replaced), "stuck"),
    "a set was traded twice": (twice(is_set), "doubled"),
    "a set is not in the log": (without(is_set), "doubled"),
    "a leg of a set was never booked": (without_a_leg, "lost"),
    "a set was made for more than it pays": (with_other_set, "money"),
    "an order that was to be filled or killed is filled in part": (
        as_if(time_in_force=TimeInForce.FILL_OR_KILL),
        "lost",
    ),
    "an order that was only to rest has taken": (
        as_if(conditions=Conditions(post_only=True)),
        "lost",
    ),
    "an order expired before its time": (with_other(is_cancelled, reason=lambda _: Reason.EXPIRED), "lost"),
}
