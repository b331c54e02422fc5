"""Owns the tests of how transitions are seen: every table is watched, and what raises is not seen.

Never tests which transitions there are.
Called by pytest.
"""

from collections.abc import Iterator

import pytest

from actors.machines.account_stream.order import Order
from actors.machines.market_stream.catalogue import Catalogue
from actors.machines.messages.commands import CreateEvent
from actors.machines.messages.events import EventChanged, OrderPlaced
from actors.machines.messages.posted import Instruct
from actors.machines.messages.words import EventState, OrderState, Side, TimeInForce
from scripts.diagrams.tables import Step, machines
from tests.transitions.watching import PLACES, watch

CREATE = CreateEvent("Final", "sport", 5)
PLACED = OrderPlaced(7, 16, 1, 0, 3, 10, Side.BUY, 5000, 100, TimeInForce.GOOD_TIL_CANCELLED, None, 1, 0, 0)


@pytest.fixture
def seen() -> Iterator[list[tuple[str, Step]]]:
    steps: list[tuple[str, Step]] = []
    unwatch = list(watch(lambda module, step: steps.append((module, step))))
    yield steps
    for each in unwatch:
        each()


def test_every_table_is_watched() -> None:
    assert {place.module for place in PLACES} == {machine.module for machine in machines()}


def test_a_step_is_seen_and_one_that_raises_is_not(seen: list[tuple[str, Step]]) -> None:
    order = Order(PLACED)
    order.move_to(OrderState.REJECTED)
    with pytest.raises(AssertionError, match="rejected -> created"):
        order.move_to(OrderState.CREATED)
    module = "actors.machines.account_stream.order"
    assert seen == [(module, Step(None, "", "pending")), (module, Step("pending", "", "rejected"))]


def test_a_step_that_another_machine_takes_for_it_is_seen(seen: list[tuple[str, Step]]) -> None:
    catalogue = Catalogue()
    created = catalogue.decide_event(Instruct(7, 1, 0, CREATE), CREATE, 1)
    catalogue.created(created)
    catalogue.changed(EventChanged(created.event, EventState.LIVE))
    assert [step for _, step in seen] == [Step(None, "", "upcoming"), Step("upcoming", "", "live")]


def test_afterwards_nothing_is_watched_any_more() -> None:
    steps: list[Step] = []
    for unwatch in list(watch(lambda _, step: steps.append(step))):
        unwatch()
    Order(PLACED).move_to(OrderState.REJECTED)
    assert steps == []


def test_a_step_from_a_state_that_was_set_by_hand_does_not_count(seen: list[tuple[str, Step]]) -> None:
    order = Order(PLACED)
    order.state = OrderState.FILLED
    order.move_to(OrderState.SETTLED)
    order.move_to(OrderState.VOIDED)
    assert [step for _, step in seen] == [Step(None, "", "pending")]
