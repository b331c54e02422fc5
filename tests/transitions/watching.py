"""Owns where each machine takes its transitions, and how they are seen: the method that does it, wrapped.

Never decides whether a step is allowed: the machine does, and a step that raises was not taken.
Called by the plugin that reports the transitions that tests take.

What a test leads to by setting a state by hand is no transition that was taken: a step counts if the machine
was left in the state that it starts from by the step before, all the way from where it was made.
"""

import functools
import importlib
from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

from scripts.diagrams.tables import Step

Machine = Any
"""Each is of a class of its own; all that is asked of it is its state."""
Seen = Callable[[str, Step], None]
"""What is told of each step: the module of its table, and the step."""


def _before(machine: Machine, *_: object) -> str | None:
    return None if machine.state is None else str(machine.state)


def _after(_result: object, machine: Machine, *_: object) -> str:
    return str(machine.state)


def _nothing(_machine: object, *_: object) -> None:
    """What there was before it was made."""


def _itself(machine: Machine, *_: object) -> Machine:
    return machine


class Place(NamedTuple):
    """A method that takes transitions.

    ``before`` gives the state from the object and the method's arguments, ``after`` the one afterwards from
    its result too; None: no step was taken. ``machine`` is what has the state, None where nothing keeps it.
    With ``cause`` the first argument is the event that the table names; ``told`` is false where no table
    says what makes it.
    """

    module: str
    owner: str
    method: str
    before: Callable[..., str | None] = _before
    after: Callable[..., str | None] = _after
    machine: Callable[..., Machine] = _itself
    cause: bool = False
    told: bool = True


MACHINES: Final = "actors.machines"
CATALOGUE: Final = f"{MACHINES}.market_stream.catalogue"
API_KEYS: Final = f"{MACHINES}.account_stream.api_keys"
PLACES: Final = (
    Place(f"{MACHINES}.market_stream.market", "Market", "__init__", _nothing, cause=True),
    Place(f"{MACHINES}.market_stream.market", "Market", "move", cause=True),
    Place(f"{MACHINES}.account_stream.order", "Order", "__init__", _nothing),
    Place(f"{MACHINES}.account_stream.order", "Order", "move_to"),
    Place(f"{MACHINES}.market_stream.challenge", "Challenge", "__init__", _nothing),
    Place(f"{MACHINES}.market_stream.challenge", "Challenge", "move_to"),
    Place(f"{MACHINES}.market_stream.exchange", "Exchange", "__init__", _nothing, told=False),
    Place(f"{MACHINES}.market_stream.exchange", "Exchange", "move", cause=True),
    Place(f"{MACHINES}.stream.comment", "Comment", "move", cause=True),
    Place(f"{MACHINES}.account_stream.request", "MemberRequest", "__init__", _nothing),
    Place(f"{MACHINES}.account_stream.request", "MemberRequest", "answer"),
    Place(CATALOGUE, "CataloguedEvent", "__init__", _nothing),
    Place(
        CATALOGUE,
        "Catalogue",
        "changed",
        lambda catalogue, changed: str(catalogue.events[changed.event.event_id].state),
        lambda _, _catalogue, changed: str(changed.state),
        lambda catalogue, changed: catalogue.events[changed.event.event_id],
    ),
    Place(API_KEYS, "ApiKey", "__init__", _nothing, lambda *_: "live"),
    Place(
        API_KEYS,
        "ApiKeys",
        "create",
        lambda *_: "live",
        lambda expired, *_: "expired" if expired else None,
        lambda *_: None,
    ),
    Place(API_KEYS, "ApiKeys", "revoke", lambda *_: "live", lambda *_: "revoked", lambda *_: None),
)


def watch(seen: Seen) -> Iterator[Callable[[], None]]:
    """Wraps every place; gives what takes each wrapping away again."""
    left_in: dict[int, str] = {}
    for place in PLACES:
        owner = getattr(importlib.import_module(place.module), place.owner)
        taken = getattr(owner, place.method)
        setattr(owner, place.method, _watched(taken, place, seen, left_in))
        yield functools.partial(setattr, owner, place.method, taken)


def _watched(
    taken: Callable[..., object], place: Place, seen: Seen, left_in: dict[int, str]
) -> Callable[..., object]:
    """``left_in``: in which state each machine was left, by its identity."""

    @functools.wraps(taken)
    def watched(owner: object, *arguments: object, **named: object) -> object:
        before = place.before(owner, *arguments)
        result = taken(owner, *arguments, **named)
        after = place.after(result, owner, *arguments)
        if after is None:
            return result
        machine = place.machine(owner, *arguments)
        if before is None or machine is None or left_in.get(id(machine)) == before:
            left_in[id(machine)] = after
            if place.told:
                cause = type(arguments[0]).__name__ if place.cause else ""
                seen(place.module, Step(before, cause, after))
        else:
            left_in.pop(id(machine), None)
        return result

    return watched
