"""Owns how far the members of a social stream are with their badges, and which levels they have.

Never names a badge, and never takes a level back.
Called by the badges slice, the state of a social stream and the rebuild of badges.

Who has the highest level of a badge is counted no further.
"""

from collections.abc import Iterator, Mapping, Sequence

from actors.machines.messages.badges import BadgeCounted, BadgeEarned
from actors.machines.stream.badge_rules import Badge, Happening, Kind, Tally
from actors.machines.stream.known import Known


class Declared:
    """Declarations, by name and by what may count."""

    def __init__(self, badges: Sequence[Badge]) -> None:
        self.badges = tuple(badges)
        self.by_name: Mapping[str, Badge] = {badge.name: badge for badge in badges}
        self._by_kind: dict[Kind, tuple[Badge, ...]] = {}
        for badge in badges:
            for kind in badge.rule.kinds:
                self._by_kind[kind] = (*self._by_kind.get(kind, ()), badge)

    def about(self, happening: Happening) -> tuple[Badge, ...]:
        return self._by_kind.get(happening.kind, ())


class Badges:
    """The badges of the members of one social stream."""

    def __init__(self) -> None:
        self.tallies: dict[str, Tally] = {}
        """Badge -> what is counted of it."""
        self.coming: dict[str, Tally] = {}
        """Badge -> what was counted of its past, as far as it has been told."""
        self.levels: dict[str, dict[int, int]] = {}
        """Badge -> member -> the highest level that they have earned."""

    # Look.

    def level(self, badge: str, account_id: int) -> int:
        return self.levels.get(badge, {}).get(account_id, 0)

    def counted(self, badge: Badge) -> Tally | None:
        """What is counted of it; None where that was another declaration, or none yet."""
        tally = self.tallies.get(badge.name)
        return tally if tally is not None and tally.fingerprint == badge.fingerprint else None

    def earned(self, happening: Happening, declared: Declared) -> Iterator[BadgeEarned]:
        """The levels that something, which is counted already, has earned its member."""
        member, entry = happening.account_id, happening.entry
        for badge in declared.about(happening):
            tally = self.counted(badge)
            if tally is None or not (count := tally.counts.get(member)):
                continue
            for level in range(self.level(badge.name, member) + 1, badge.reached(count) + 1):
                yield BadgeEarned(member, happening.username, badge.name, level, entry.entry_id, entry.time)

    # Evolve.

    def count(self, happening: Happening, known: Known, declared: Declared) -> None:
        for badge in declared.about(happening):
            tally = self.counted(badge)
            if tally is not None and self.level(badge.name, happening.account_id) < len(badge.levels):
                badge.rule.apply(tally, happening, known)

    def earn(self, event: BadgeEarned, declared: Declared) -> None:
        levels = self.levels.setdefault(event.badge, {})
        levels[event.account_id] = max(event.level, levels.get(event.account_id, 0))
        badge = declared.by_name.get(event.badge)
        if badge is not None and event.level >= len(badge.levels) and event.badge in self.tallies:
            self.tallies[event.badge].drop(event.account_id)

    def take(self, event: BadgeCounted, declared: Declared) -> None:
        """What was counted of the past. If it is told again from its beginning, that holds."""
        if event.begins:
            self.coming[event.badge] = Tally(event.fingerprint)
        tally = self.coming[event.badge]
        for each in event.tallies:
            tally.take(each)
        if event.ends:
            self.tallies[event.badge] = self.coming.pop(event.badge)
        for earned in event.earned:
            self.earn(earned, declared)
