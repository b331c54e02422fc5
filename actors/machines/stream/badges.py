"""Owns which badges the members of a social stream have, and how far they are with the next level.

Never names a badge: the declarations do. Never takes one back.
Called through the social machine's table, and by the rebuild of badges.

An entry counts where its member's own activity stream is. What is counted, and by which declaration, is said
by events: a badge that was declared later is not counted before its past was (``BadgeCounted``).
"""

from collections.abc import Iterator
from typing import Final

from actors.machines.messages.activity import EntryAdded
from actors.machines.messages.badges import BadgeContent, BadgeCounted, BadgeEarned
from actors.machines.messages.known_events import MemberMet
from actors.machines.stream import names
from actors.machines.stream.badge_counts import Declared
from actors.machines.stream.badge_declarations import BADGES
from actors.machines.stream.slice import Slice
from actors.machines.stream.state import Moment, SocialState

DECLARED: Final = Declared(BADGES)


def counts_here(event: EntryAdded) -> bool:
    """Whether this is where the entry counts: where its member's own activity stream is."""
    return names.of_member(event.entry.account_id) in event.numbers


# Observed.


def begin(state: SocialState, _: MemberMet, __: Moment) -> Iterator[BadgeCounted]:
    """Before its first member there is no past that could count."""
    if len(state.known.usernames) == 1 and not state.badges.tallies:
        for badge in DECLARED.badges:
            yield BadgeCounted(badge.name, badge.fingerprint)


def earn(state: SocialState, event: EntryAdded, _: Moment) -> Iterator[BadgeEarned]:
    if counts_here(event):
        yield from state.badges.earned(event.entry, DECLARED)


def announce(state: SocialState, event: BadgeEarned, at: Moment) -> Iterator[EntryAdded]:
    yield state.activity.entry(
        BadgeContent(event.badge, event.level),
        at.time,
        names.of_member(event.account_id),
        names.EXCHANGE,
        account_id=event.account_id,
        username=event.username,
    )


# Evolved.


def count(state: SocialState, event: EntryAdded) -> None:
    if counts_here(event):
        state.badges.count(event.entry, state.known, DECLARED)


def earned(state: SocialState, event: BadgeEarned) -> None:
    state.badges.earn(event, DECLARED)


def counted(state: SocialState, event: BadgeCounted) -> None:
    state.badges.take(event, DECLARED)


SLICE: Final = Slice(
    observes={MemberMet: begin, EntryAdded: earn, BadgeEarned: announce},
    evolves={EntryAdded: count, BadgeEarned: earned, BadgeCounted: counted},
)
