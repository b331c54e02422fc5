"""Owns the audit of the numbered post: numbers without gaps, cursors that agree, and what each record took.

Never judges what a message says: told and causes do. A record that took messages whose sender has not
been read so far waits, with those after it, so no order between streams is needed.
Called by the auditor.

What is kept: the messages that were sent and not yet taken, and the records that wait.
"""

from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from actors.auditing.breaches import Breach, Findings, Rule
from actors.auditing.entries import Entry
from actors.machines.messages.posted import Posted

Taken = dict[str, list[Posted]]
"""Source stream -> the messages that a record took from it, in order."""


class Heard(NamedTuple):
    """When an acknowledgement was logged: so many records had been noted, and in which of its stream."""

    noted: int
    sequence: int


class Pair:
    """The post from one stream to another, as far as it was read."""

    __slots__ = ("acknowledged", "cursor", "heard_at", "messages", "sent", "taken")

    def __init__(self) -> None:
        self.sent = 0
        self.messages: deque[Posted] = deque()
        """Those numbered from ``taken + 1``."""
        self.taken = 0
        """Up to here the receiver's records were handed over with what they took."""
        self.cursor = 0
        """Up to here the receiver says that it has taken."""
        self.acknowledged = 0
        """Up to here the sender says that it was told so."""
        self.heard_at = Heard(0, 0)

    def take(self, number: int) -> list[Posted]:
        """The messages up to this number, which were all sent."""
        taken = [self.messages.popleft() for _ in range(number - self.taken)]
        self.taken = max(self.taken, number)
        return taken


class Covered(NamedTuple):
    """A record with all that it took."""

    entry: Entry
    taken: Taken


class Waiting(NamedTuple):
    """A record that waits, and how many had been noted with it."""

    noted: int
    entry: Entry


class PostAudit:
    """The post between all streams."""

    def __init__(self, findings: dict[str, Findings]) -> None:
        self._findings = findings
        self._pairs: dict[tuple[str, str], Pair] = {}
        self._waiting: dict[str, deque[Waiting]] = {name: deque() for name in findings}
        self.noted = 0
        """Records so far."""
        self._said: dict[str, None] = {}
        """What was found at rest already."""

    @property
    def unsettled(self) -> bool:
        """Whether anything refers to what was not read yet; at rest that would be a breach."""
        return any(self._waiting.values()) or any(
            pair.acknowledged > pair.cursor for pair in self._pairs.values()
        )

    def note(self, entry: Entry) -> None:
        """Takes a record's numbers, and puts it behind those of its stream that wait."""
        findings = self._findings[entry.stream]
        for destination, sent in entry.body.sent.items():
            pair = self._pair(entry.stream, destination)
            if sent.first != pair.sent + 1:
                findings.add(
                    Rule.NUMBERING,
                    f"message {sent.first} to {destination} comes after message {pair.sent}",
                )
            pair.messages.extend(sent.messages)
            pair.sent += len(sent.messages)
        for source, number in entry.body.cursors.items():
            pair = self._pair(source, entry.stream)
            if number <= pair.cursor:
                findings.add(
                    Rule.CURSOR, f"message {number} of {source} is taken after message {pair.cursor}"
                )
            pair.cursor = max(pair.cursor, number)
        for destination, number in entry.body.acknowledged.items():
            self._acknowledged(entry.stream, destination, number, findings)
        self.noted += 1
        self._waiting[entry.stream].append(Waiting(self.noted, entry))

    def covered(self) -> Iterator[Covered]:
        """The records that no longer wait, each stream's in order."""
        moved = True
        while moved:
            moved = False
            for waiting in self._waiting.values():
                while waiting and self._is_covered(waiting[0].entry):
                    entry = waiting.popleft().entry
                    yield Covered(entry, self._take(entry))
                    moved = True

    def overdue(self, noted: int) -> list[Breach]:
        """What refers to what is not there, among the first ``noted`` records; each thing is said once.

        To be asked when every stream has been read to an end that is later than those records.
        """
        found: list[Breach] = []
        for name, waiting in self._waiting.items():
            if waiting and waiting[0].noted <= noted:
                entry = waiting[0].entry
                found.append(Breach(name, entry.sequence, Rule.CURSOR, self._gap(entry)))
        for (source, destination), pair in self._pairs.items():
            if pair.acknowledged > pair.cursor and pair.heard_at.noted <= noted:
                what = f"{destination} is said to have taken {pair.acknowledged}, but has taken {pair.cursor}"
                found.append(Breach(source, pair.heard_at.sequence, Rule.CURSOR, what))
        new = [breach for breach in found if breach.what not in self._said]
        self._said.update(dict.fromkeys(breach.what for breach in new))
        return new

    def _pair(self, source: str, destination: str) -> Pair:
        pair = self._pairs.get((source, destination))
        if pair is None:
            pair = self._pairs[source, destination] = Pair()
        return pair

    def _acknowledged(self, source: str, destination: str, number: int, findings: Findings) -> None:
        pair = self._pair(source, destination)
        if not pair.acknowledged < number <= pair.sent:
            findings.add(
                Rule.CURSOR,
                f"{destination} acknowledges message {number}, after {pair.acknowledged} and of {pair.sent}",
            )
        if number > pair.acknowledged:
            pair.acknowledged = number
            pair.heard_at = Heard(self.noted + 1, findings.sequence)

    def _is_covered(self, entry: Entry) -> bool:
        return all(
            number <= self._pair(source, entry.stream).sent for source, number in entry.body.cursors.items()
        )

    def _take(self, entry: Entry) -> Taken:
        return {
            source: self._pair(source, entry.stream).take(number)
            for source, number in entry.body.cursors.items()
        }

    def _gap(self, entry: Entry) -> str:
        gaps = [
            f"{number} of {source}, which has sent {pair.sent}"
            for source, number in entry.body.cursors.items()
            if (pair := self._pair(source, entry.stream)).sent < number
        ]
        return f"it took message {', '.join(gaps)}"
