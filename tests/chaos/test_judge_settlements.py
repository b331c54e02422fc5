"""Owns the test that what a correction pays wrong, twice or not at all is a finding of the rig; stakes, too.

Never tests the machines: they write the honest events into which lies are planted.
Called by pytest.
"""

from collections.abc import Callable
from typing import Final

import msgspec
import pytest

from actors.machines.messages.commands import PlaceOrder
from actors.machines.messages.events import Event, PositionSettled
from actors.machines.messages.voiding import StakesReturned, VoidContract
from actors.machines.messages.words import Side
from tests.auditing.recorded import RecordedTown
from tests.chaos.findings import Findings
from tests.chaos.history import Happened, History
from tests.chaos.judge_settlements import judge_settlements
from tests.machines.town import LOT


@pytest.fixture(scope="module")
def honest() -> list[Happened]:
    """Two contracts were traded, of which one was taken out; the verdict on the other was corrected."""
    town = RecordedTown(("Red", "Green", "Blue"), commission=200)
    for contract_id, price in ((1, 4_000), (2, 3_000)):
        town.send(town.alice, PlaceOrder(1, contract_id, Side.BUY, price, LOT))
        town.send(town.bob, PlaceOrder(1, contract_id, Side.SELL, price, LOT))
    town.send(town.staff, VoidContract(1, 2, "broke its mast"))
    town.settle(1)
    town.settle(3)
    town.settle(void=True)
    return [(entry.stream, event) for entry in town.entries for event in entry.body.events]


def found(events: list[Happened]) -> Findings:
    history, findings = History(), Findings()
    history.take(events)
    judge_settlements(history, findings)
    return findings


def test_honest_corrections_are_found_clean(honest: list[Happened]) -> None:
    assert found(honest) == Findings()
    paid = [event for _, event in honest if is_correction(event)]
    assert len(paid) == 4


def is_correction(event: Event) -> bool:
    return isinstance(event, PositionSettled) and event.version > 1


def is_returned(event: Event) -> bool:
    return isinstance(event, StakesReturned)


Change = Callable[[Event], tuple[Event, ...]]


def more(field: str) -> Change:
    """A unit more of something."""
    return lambda event: (msgspec.structs.replace(event, **{field: getattr(event, field) + 1}),)


LIES: Final[dict[str, tuple[Callable[[Event], bool], Change, str]]] = {
    "paid twice": (is_correction, lambda event: (event, event), "doubled"),
    "never paid": (is_correction, lambda _: (), "money"),
    "of another result": (is_correction, more("result"), "money"),
    "of another commission": (is_correction, more("commission_total"), "money"),
    "moved something else": (is_correction, more("gross"), "money"),
    "stakes given back twice": (is_returned, lambda event: (event, event), "doubled"),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_planted_lie_is_found(honest: list[Happened], lie: str) -> None:
    wanted, change, kind = LIES[lie]
    place = next(place for place, (_, event) in enumerate(honest) if wanted(event))
    stream, event = honest[place]
    told = [*honest[:place], *((stream, each) for each in change(event)), *honest[place + 1 :]]
    assert found(told).by_kind()[kind] != []
