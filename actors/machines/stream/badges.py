"""Owns which badges the members of a social stream have, and how far they are with the next level.

Never names a badge: the declarations do. Never takes one back.
Called through the social machine's table, and by the rebuild of badges.

What is counted, and by which declaration, is said
by events: a badge that was declared later is not counted before its past was (``BadgeCounted``).
"""

from collections.abc import Iterator
from typing import Final

from actors.machines.messages.activity import EntryAdded
from actors.machines.messages.badges import BadgeContent, BadgeCounted, BadgeEarned
from actors.machines.messages.known_events import MemberMet
from actors.machines.messages.notifications import FollowerGained
from actors.machines.stream import names
from actors.machines.stream.badge_counts import Declared
from actors.machines.stream.badge_declarations import BADGES
from actors.machines.stream.badge_rules import Happening
from actors.machines.stream.slice import Slice
from actors.machines.stream.state import Moment, SocialState

DECLARED: Final = Declared(BADGES)


def happening(event: EntryAdded | FollowerGained) -> Happening | None:
    """What may count for a member of this social stream. An entry does where its member's own stream is."""
    entry = event.entry
    if isinstance(event, FollowerGained):
        return Happening(FollowerGained, event.account_id, event.username, entry)
    if names.of_member(entry.account_id) in event.numbers:
        return Happening(type(entry.content), entry.account_id, entry.username, entry)
    return None


# Observed.


def begin(state: SocialState, _: MemberMet, __: Moment) -> Iterator[BadgeCounted]:
    """Before its first member there is no past that could count."""
    if len(state.known.usernames) == 1 and not state.badges.tallies:
        for badge in DECLARED.badges:
            yield BadgeCounted(badge.name, badge.fingerprint)


def earn(state: SocialState, event: EntryAdded | FollowerGained, _: Moment) -> Iterator[BadgeEarned]:
    if (happened := happening(event)) is not None:
        yield from state.badges.earned(happened, DECLARED)


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


def count(state: SocialState, event: EntryAdded | FollowerGained) -> None:
    if (happened := happening(event)) is not None:
        state.badges.count(happened, state.known, DECLARED)


def earned(state: SocialState, event: BadgeEarned) -> None:
    state.badges.earn(event, DECLARED)


def counted(state: SocialState, event: BadgeCounted) -> None:
    state.badges.take(event, DECLARED)


SLICE: Final = Slice(
    observes={MemberMet: begin, EntryAdded: earn, FollowerGained: earn, BadgeEarned: announce},
    evolves={EntryAdded: count, FollowerGained: count, BadgeEarned: earned, BadgeCounted: counted},
)
