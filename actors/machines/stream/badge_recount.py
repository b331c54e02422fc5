"""Owns the counting of badges over the past of a social stream: of those that were declared after it began.

Never counts anew what is counted already, and never earns a level twice.
Called by ``make badges``.
"""

from collections.abc import Iterable, Iterator

from actors.machines import limits
from actors.machines.messages.activity import EntryAdded
from actors.machines.messages.badges import BadgeCounted, BadgeEarned
from actors.machines.messages.events import SocialStreamEvent
from actors.machines.messages.notifications import FollowerGained
from actors.machines.stream import badges
from actors.machines.stream.badge_counts import Badges
from actors.machines.stream.badge_rules import Badge
from actors.machines.stream.social import Social
from actors.machines.streams import Streams


class Recount:
    """What the declared badges come to, over the events of one social stream from the first on."""

    def __init__(self, name: str, streams: Streams) -> None:
        self._social = Social(name, streams)
        self._declared = badges.DECLARED
        self._counting = Badges()
        self._earned: dict[str, list[BadgeEarned]] = {badge.name: [] for badge in self._declared.badges}
        for badge in self._declared.badges:
            self._counting.take(BadgeCounted(badge.name, badge.fingerprint), self._declared)

    def take(self, events: Iterable[SocialStreamEvent]) -> None:
        """The next events."""
        for event in events:
            self._social.evolve(event)
            if isinstance(event, EntryAdded | FollowerGained):
                self._count(event)
            elif isinstance(event, BadgeEarned):
                self._counting.earn(event, self._declared)

    def missing(self) -> list[Badge]:
        """The declared badges that are not counted."""
        return [badge for badge in self._declared.badges if self._social.badges.counted(badge) is None]

    def events(self) -> Iterator[BadgeCounted]:
        """What is to be written, in portions; the past of a badge holds once its last one is."""
        for badge in self.missing():
            yield from self._portions(badge)

    def _count(self, event: EntryAdded | FollowerGained) -> None:
        if (happened := badges.happening(event)) is None:
            return
        self._counting.count(happened, self._social.known, self._declared)
        for earned in self._counting.earned(happened, self._declared):
            self._counting.earn(earned, self._declared)
            self._earned[earned.badge].append(earned)

    def _portions(self, badge: Badge) -> Iterator[BadgeCounted]:
        tallies = self._counting.tallies[badge.name].tallies()
        # By another declaration of the badge a level may have been earned already: it stays as it is.
        earned = [
            each
            for each in self._earned[badge.name]
            if each.level > self._social.badges.level(badge.name, each.account_id)
        ]
        size = limits.BADGES_COUNTED_AT_ONCE_MAX
        most = max(len(tallies), len(earned), 1)
        for first in range(0, most, size):
            past = first + size
            yield BadgeCounted(
                badge.name,
                badge.fingerprint,
                first == 0,
                past >= most,
                tuple(tallies[first:past]),
                tuple(earned[first:past]),
            )
