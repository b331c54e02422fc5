"""Owns the forms of rules by which badges are counted, and the counts of one badge.

Never names a badge: the declarations do, by these forms.
Called by the declarations and by the badges slice.

A rule is a table: what happened -> a pure function of the entry that says so (and of what the social stream
knows of markets and events), which says what it is worth to a member. What happened is the class of the
content of the member's own entry, or ``FollowerGained`` with the entry of who follows them.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple, Protocol, TypeAlias

from actors.machines import limits
from actors.machines.messages.activity import Content, Entry
from actors.machines.messages.badges import BadgeKey, MemberTally
from actors.machines.messages.notifications import FollowerGained
from actors.machines.messages.social_words import Detail
from actors.machines.stream.known import Known

Kind: TypeAlias = type[Content] | type[FollowerGained]
Amount: TypeAlias = Callable[[Entry, Known], int]
Key: TypeAlias = Callable[[Entry, Known], BadgeKey | None]
"""None: the entry counts for nothing."""
Run: TypeAlias = Callable[[Entry, Known], bool | None]
"""Whether a run goes on or is broken; None: neither."""


class Happening(NamedTuple):
    """Something that may count for a member."""

    kind: Kind
    account_id: int
    username: str
    entry: Entry


class Tally:
    """The counts of one badge, of all members that are above zero."""

    __slots__ = ("counts", "fingerprint", "keys")

    def __init__(self, fingerprint: str) -> None:
        self.fingerprint = fingerprint
        self.counts: dict[int, int] = {}
        self.keys: dict[int, dict[BadgeKey, None]] = {}

    def add(self, account_id: int, amount: int) -> None:
        self.counts[account_id] = self.counts.get(account_id, 0) + amount

    def drop(self, account_id: int) -> None:
        """Nothing more is to be counted of this member."""
        self.counts.pop(account_id, None)
        self.keys.pop(account_id, None)

    def take(self, tally: MemberTally) -> None:
        """What was counted of a member before."""
        if tally.count:
            self.counts[tally.account_id] = tally.count
        if tally.keys:
            self.keys[tally.account_id] = dict.fromkeys(tally.keys)

    def tallies(self) -> list[MemberTally]:
        members = sorted({*self.counts, *self.keys})
        return [
            MemberTally(member, self.counts.get(member, 0), tuple(self.keys.get(member, ())))
            for member in members
        ]


class Rule(Protocol):
    """How a badge is counted."""

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """What may count."""

    def apply(self, tally: Tally, happening: Happening, known: Known) -> None:
        """Counts something of these kinds."""


class Sum(NamedTuple):
    """Amounts, added up."""

    of: Mapping[Kind, Amount]

    @property
    def kinds(self) -> tuple[Kind, ...]:
        return tuple(self.of)

    def apply(self, tally: Tally, happening: Happening, known: Known) -> None:
        if amount := self.of[happening.kind](happening.entry, known):
            tally.add(happening.account_id, amount)


class Distinct(NamedTuple):
    """How many different ones."""

    of: Mapping[Kind, Key]

    @property
    def kinds(self) -> tuple[Kind, ...]:
        return tuple(self.of)

    def apply(self, tally: Tally, happening: Happening, known: Known) -> None:
        key = self.of[happening.kind](happening.entry, known)
        if key is None or key in tally.keys.get(happening.account_id, ()):
            return
        tally.keys.setdefault(happening.account_id, {})[key] = None
        tally.add(happening.account_id, 1)


class Streak(NamedTuple):
    """How many one after the other, until one breaks the run."""

    of: Mapping[Kind, Run]

    @property
    def kinds(self) -> tuple[Kind, ...]:
        return tuple(self.of)

    def apply(self, tally: Tally, happening: Happening, known: Known) -> None:
        goes_on = self.of[happening.kind](happening.entry, known)
        if goes_on:
            tally.add(happening.account_id, 1)
        elif goes_on is not None:
            tally.counts.pop(happening.account_id, None)


class Marked(NamedTuple):
    """What was marked by one entry counts when another one says so; a mark counts once."""

    marks: Mapping[Kind, Key]
    ends: Mapping[Kind, Key]
    worth: Amount
    """Of an entry that ends a mark."""

    @property
    def kinds(self) -> tuple[Kind, ...]:
        return (*self.marks, *self.ends)

    def apply(self, tally: Tally, happening: Happening, known: Known) -> None:
        kind, member = happening.kind, happening.account_id
        if kind in self.marks:
            key = self.marks[kind](happening.entry, known)
            if key is not None and len(tally.keys.get(member, ())) < limits.BADGE_MARKS_MAX:
                tally.keys.setdefault(member, {})[key] = None
            return
        keys = tally.keys.get(member, {})
        key = self.ends[kind](happening.entry, known)
        if key is None or key not in keys:
            return
        del keys[key]
        if not keys:
            del tally.keys[member]
        if amount := self.worth(happening.entry, known):
            tally.add(member, amount)


class Level(NamedTuple):
    """``amount``: what has to be counted for it."""

    amount: int
    title: str


class Badge(NamedTuple):
    """A badge as it is declared.

    ``version`` is raised whenever the rule counts otherwise than before: then the past has to be counted
    anew, as for a new badge. ``tells`` is how much of a member's trading one must be allowed to see to see
    the badge.
    """

    name: str
    version: int
    title: str
    description: str
    rule: Rule
    levels: tuple[Level, ...]
    tells: Detail = Detail.TRADED

    @property
    def fingerprint(self) -> str:
        """Another one: what was counted does not stand for this declaration."""
        return ",".join([f"{self.version}", *(str(level.amount) for level in self.levels)])

    def reached(self, count: int) -> int:
        """The highest level for a count; 0: none."""
        return sum(count >= level.amount for level in self.levels)
