"""Owns the audit of a social stream: entries are numbered without gaps, and other logs are read forwards.

Never judges what becomes an entry (making the stream anew does, see social_rederive), nor what the audit does
not know: a subject of members' activity needs no rule here.
Called by the auditor.
"""

from collections.abc import Mapping
from typing import NamedTuple

from actors.auditing.breaches import Breach, Findings, Rule
from actors.auditing.entries import Entry
from actors.machines.messages.activity import EntryAdded
from actors.machines.messages.events import Event
from actors.machines.streams import social_stream_of_id


class Last(NamedTuple):
    """Of a social stream's entries, the last one that came: its id and time."""

    entry_id: int
    time: int


class SocialAudit:
    """The entries of one social stream."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._entries: dict[str, int] = {}
        """Activity stream -> how many entries it has."""
        self._last: dict[str, Last] = {}
        """Social stream -> its last entry that stands here."""

    def begin(self, _time: int) -> None:
        """Another record begins."""

    def end(self) -> None:
        """Its events were all judged."""

    def judge(self, event: Event) -> None:
        if not isinstance(event, EntryAdded):
            return
        entry = event.entry
        maker = social_stream_of_id(entry.entry_id)
        last = self._last.get(maker, Last(0, 0))
        if entry.entry_id <= last.entry_id:
            self._add(f"entry {entry.entry_id} comes after entry {last.entry_id} of {maker}")
        if entry.time < last.time:
            self._add(f"entry {entry.entry_id} has the time {entry.time}, and one before it {last.time}")
        self._last[maker] = Last(max(last.entry_id, entry.entry_id), max(last.time, entry.time))
        for name, number in event.numbers.items():
            before = self._entries.get(name, 0)
            if number != before + 1:
                self._add(f"entry {number} of {name} comes after entry {before}")
            self._entries[name] = max(before, number)

    def _add(self, what: str) -> None:
        self._findings.add(Rule.ACTIVITY, what)


class Read(NamedTuple):
    """How far a stream says that it has read another one, in which of its records, the how manieth of all."""

    to: int
    sequence: int
    noted: int


class ReadsAudit:
    """What the streams say of reading each other. ``findings`` know how far each stream was fed."""

    def __init__(self, findings: Mapping[str, Findings]) -> None:
        self._findings = findings
        self._reads: dict[tuple[str, str], Read] = {}
        self._said: dict[str, None] = {}

    @property
    def unsettled(self) -> bool:
        """Whether anything was read that was not fed yet."""
        return any(self._is_ahead(source, read) for (_, source), read in self._reads.items())

    def note(self, entry: Entry, noted: int) -> None:
        """Takes what a record says; it was the ``noted``-th of all."""
        for source, at in entry.body.read.items():
            place = (entry.stream, source)
            before = self._reads.get(place, Read(0, 0, 0))
            if at.sequence <= before.to:
                what = f"{source} is read to record {at.sequence} after record {before.to}"
                self._findings[entry.stream].add(Rule.CURSOR, what)
            else:
                self._reads[place] = Read(at.sequence, entry.sequence, noted)

    def overdue(self, noted: int) -> list[Breach]:
        """What the first ``noted`` records read and is not there; each thing is said once.

        To be asked when every stream has been fed to an end that is later than those records.
        """
        found = [
            Breach(stream, read.sequence, Rule.CURSOR, f"{source} is read past its end, to record {read.to}")
            for (stream, source), read in self._reads.items()
            if read.noted <= noted and self._is_ahead(source, read)
        ]
        new = [breach for breach in found if breach.what not in self._said]
        self._said.update(dict.fromkeys(breach.what for breach in new))
        return new

    def _is_ahead(self, source: str, read: Read) -> bool:
        findings = self._findings.get(source)
        return findings is None or read.to > findings.sequence
