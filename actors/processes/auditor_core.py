"""Owns the follower of the log that audits it: reads all streams, verifies their chains, feeds the rules.

Never judges a record itself, never waits and never halts anything: the process around it does.
Called by the auditor's process and by ``make audit``.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

import msgspec

from actors.auditing.auditor import Auditor
from actors.auditing.breaches import Breach
from actors.auditing.entries import Entry
from actors.machines.messages import record
from actors.machines.messages.commands import Halt
from rabbit.log import Log, LogCorruptError, LogUnavailableError, Position, Reader, Record

EVENTS_PER_STEP: Final = 5_000
"""A step reads on until it has at least this many events, or everything there is."""
RECORDS_PER_READ: Final = 64

Page = Callable[[Reader, Position], list[Record]]


class Step(NamedTuple):
    """What a step came to. ``caught_up``: every stream was read to its end, as far as that could be seen."""

    records: int
    breaches: list[Breach]
    caught_up: bool


class Followed:
    """One stream as far as it was read: its head, how much it holds, and whether it can be read on."""

    def __init__(self, name: str, log: Log) -> None:
        self.name = name
        self._log = log
        self._reader: Reader | None = None
        self.head = Record(name, 0, 0, 0, b"", b"")
        self.events = 0
        self.stopped = False

    def read(self, page: Page) -> list[Record]:
        """What comes next; opened at the first time, as a stream may be damaged too badly for that."""
        if self._reader is None:
            self._reader = self._log.reader(self.name)
        return page(self._reader, self.head.position)

    def close(self) -> None:
        if self._reader is not None:
            self._reader.close()


class LogAudit:
    """The audit of a log while it grows, or of one that nobody writes any more. Begins at its beginning.

    A stream whose chain is broken is not read on; the others are.
    """

    def __init__(self, log: Log) -> None:
        """Raises ``LogUnavailableError`` if there is no log yet."""
        names = log.streams()
        if not names:
            raise LogUnavailableError("the log has not been initialised yet")
        self.auditor = Auditor(names)
        self._found: list[Breach] = []
        """What was found and not handed over yet: reading may fail in between."""
        self.streams = [Followed(name, log) for name in names]

    def step(self) -> Step:
        """Reads some of what is new, without waiting, and judges it.

        The stream that is furthest behind in time comes first, so that little has to be kept of what
        others have not been read for. Raises ``LogUnavailableError`` if it is worth trying again.
        """
        auditor = self.auditor
        before = auditor.fed
        # What a record took was in the log before it. If that was not seen yet, look for certain this time.
        certain = auditor.unsettled
        caught_up = self._read(_to_the_end if certain else _what_is_there)
        if certain and caught_up:
            self._found += auditor.overdue(before)
        found, self._found = self._found, []
        return Step(auditor.fed - before, found, caught_up)

    def halts(self) -> list[Halt]:
        """The halts that are due; to be asked for again until the log shows them."""
        return self.auditor.halts()

    def close(self) -> None:
        for followed in self.streams:
            followed.close()

    def _read(self, page: Page) -> bool:
        """Reads until there is enough, or (then it is true) nothing more of any stream."""
        enough = self.auditor.events + EVENTS_PER_STEP
        unread = [followed for followed in self.streams if not followed.stopped]
        while unread and self.auditor.events < enough:
            followed = min(unread, key=lambda each: each.head.time)
            if not self._take(followed, page):
                unread.remove(followed)
        return not unread

    def _take(self, followed: Followed, page: Page) -> bool:
        """Reads and judges a page of one stream; whether there was one."""
        try:
            records = followed.read(page)
            for each in records:
                body = record.decode(each.body)
                self._found += self.auditor.feed(Entry(each.stream, each.sequence, each.time, body))
                followed.head = each
                followed.events += len(body.events)
        except LogCorruptError as error:
            self._stop(followed, str(error))
            return False
        except msgspec.ValidationError as error:
            self._stop(
                followed, f"record {followed.head.sequence + 1} has a body that can't be read: {error}"
            )
            return False
        return bool(records)

    def _stop(self, followed: Followed, what: str) -> None:
        followed.stopped = True
        self._found += self.auditor.broken(followed.name, what)


def _what_is_there(reader: Reader, position: Position) -> list[Record]:
    return reader.follow(position, RECORDS_PER_READ, 0)


def _to_the_end(reader: Reader, position: Position) -> list[Record]:
    """The same, but an empty page is certain: at a broker that costs a question."""
    return reader.read(position, RECORDS_PER_READ)
