"""Owns the social machine: the table of its slices, and what an event, a command or a message leads to.

Never reads a log and never sends: effects are messages as data.
Called by the turn of a social stream.

A subject of members' activity is a slice: a module with a table. To add one is a line in ``SLICES``.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, Never, TypeVar, cast

from actors.machines.messages.answers import Refused
from actors.machines.messages.events import Event, InstructionAnswered, SocialStreamEvent
from actors.machines.messages.posted import Instruct, Instructed, Posted
from actors.machines.messages.record import ReadTo
from actors.machines.messages.words import Reason
from actors.machines.stream import (
    acts,
    badges,
    blocks,
    challenges,
    comments,
    entries,
    feeds,
    following,
    news,
    notifications,
    privacy,
    scores,
)
from actors.machines.stream.slice import Effect, Evolve, Observe, Receive, Slice, Take
from actors.machines.stream.state import Moment, SocialState
from actors.machines.streams import account_stream_of_id

SLICES: Final[tuple[Slice, ...]] = (
    entries.SLICE,
    badges.SLICE,
    news.SLICE,
    acts.SLICE,
    challenges.SLICE,
    scores.SLICE,
    following.SLICE,
    blocks.SLICE,
    privacy.SLICE,
    comments.SLICE,
    feeds.SLICE,
    notifications.SLICE,
)

Kind = TypeVar("Kind")
Rule = TypeVar("Rule")


def joined(tables: Iterable[Mapping[type[Kind], Rule]]) -> dict[type[Kind], tuple[Rule, ...]]:
    """The rules of several tables by what they are about, in the tables' order."""
    rules: dict[type[Kind], tuple[Rule, ...]] = {}
    for table in tables:
        for kind, rule in table.items():
            rules[kind] = (*rules.get(kind, ()), rule)
    return rules


_OBSERVES: Final[Mapping[type[Event], tuple[Observe, ...]]] = joined(each.observes for each in SLICES)
_EVOLVES: Final[Mapping[type[SocialStreamEvent], tuple[Evolve, ...]]] = joined(
    each.evolves for each in SLICES
)
_EFFECTS: Final[Mapping[type[SocialStreamEvent], tuple[Effect, ...]]] = joined(
    each.effects for each in SLICES
)
_TAKES: Final[Mapping[type, Take]] = {kind: take for each in SLICES for kind, take in each.takes.items()}
_RECEIVES: Final[Mapping[type[Posted], Receive]] = {
    kind: receive for each in SLICES for kind, receive in each.receives.items()
}


class Social(SocialState):
    """The state of a social stream, and what it does with what comes."""

    # Decide: change nothing.

    def observe(self, event: Event, at: Moment) -> Iterator[SocialStreamEvent]:
        """What an event leads to, one by one: each is found with what the ones before have changed."""
        for rule in _OBSERVES.get(type(event), ()):
            yield from rule(self, cast("Never", event), at)

    def conclude(self, events: Sequence[Event]) -> Iterator[SocialStreamEvent]:
        """What the events of a turn lead to together, one by one."""
        for each in SLICES:
            if each.concludes is not None:
                yield from each.concludes(self, events)

    def receive(self, message: Posted, time: int) -> list[SocialStreamEvent]:
        """What a posted message leads to."""
        if isinstance(message, Instruct):
            return self._take(message, time)
        receive = _RECEIVES.get(type(message))
        if receive is None:
            error = f"a social stream does not take {type(message).__name__}"
            raise TypeError(error)
        return list(receive(self, cast("Never", message), time))

    def poisoned(self, message: Posted) -> list[SocialStreamEvent]:
        """What a message that could not be decided leads to: who waits for an answer to it is told."""
        if not isinstance(message, Instruct):
            return []
        internal = Refused(Reason.INTERNAL, "The command could not be decided.")
        return [InstructionAnswered(message.account_id, message.request_id, message.item, internal)]

    def _take(self, instruct: Instruct, time: int) -> list[SocialStreamEvent]:
        decided = _TAKES[type(instruct.command)](self, instruct, cast("Never", instruct.command), time)
        place = (instruct.account_id, instruct.request_id, instruct.item)
        if isinstance(decided, Refused):
            return [InstructionAnswered(*place, decided)]
        return [*decided.events, InstructionAnswered(*place, decided.result)]

    # Evolve: total.

    def evolve(self, event: SocialStreamEvent) -> None:
        """Applies one event; what it can't apply is an error in the log and raises."""
        for rule in _EVOLVES.get(type(event), ()):
            rule(self, cast("Never", event))

    def read_to(self, read: Mapping[str, ReadTo]) -> None:
        """Other logs were taken so far."""
        self.read.update(read)

    # Effects.

    def effects(self, event: SocialStreamEvent) -> list[tuple[str, Posted]]:
        """What other streams are to be told of an event."""
        if isinstance(event, InstructionAnswered):
            told = Instructed(event.account_id, event.request_id, event.item, event.result)
            return [(account_stream_of_id(event.account_id), told)]
        return [
            message for rule in _EFFECTS.get(type(event), ()) for message in rule(self, cast("Never", event))
        ]
