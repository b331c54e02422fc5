"""Owns how lies are planted into what a verdict reads: an event twice, none, or another one.

Never decides what must be found.
Called by the tests of the verdict, and by the lies of each subject.
"""

from collections.abc import Callable
from typing import NamedTuple

import msgspec

from actors.machines.messages.events import Event, OrderUpdated
from actors.machines.messages.words import Reason
from tests.chaos.findings import Findings
from tests.chaos.history import Happened, History
from tests.chaos.ledger import Ledger
from tests.chaos.verdict import judge

Lie = tuple[Callable[["Told"], None], str]
"""How it is planted, and the kind of finding that it must lead to."""


class Told(NamedTuple):
    """What a verdict reads."""

    ledger: Ledger
    events: list[Happened]

    def findings(self) -> Findings:
        history = History()
        history.take(self.events)
        return judge(self.ledger, history)


Wanted = Callable[[Event], bool]


def place_of(told: Told, wanted: Wanted) -> int:
    """Where the first such event stands."""
    return next(place for place, (_, event) in enumerate(told.events) if wanted(event))


def twice(wanted: Wanted) -> Callable[[Told], None]:
    """The log has the first such event a second time."""

    def plant(told: Told) -> None:
        place = place_of(told, wanted)
        told.events.insert(place, told.events[place])

    return plant


def without(wanted: Wanted) -> Callable[[Told], None]:
    """The log has lost the first such event."""

    def plant(told: Told) -> None:
        del told.events[place_of(told, wanted)]

    return plant


def with_other(wanted: Wanted, **fields: Callable[[int], object]) -> Callable[[Told], None]:
    """The log has the first such event with other fields."""

    def plant(told: Told) -> None:
        place = place_of(told, wanted)
        stream, event = told.events[place]
        changed = {name: change(getattr(event, name)) for name, change in fields.items()}
        told.events[place] = stream, msgspec.structs.replace(event, **changed)

    return plant


def is_cancelled(event: Event) -> bool:
    return isinstance(event, OrderUpdated) and event.reason is Reason.MEMBER_REQUESTED
