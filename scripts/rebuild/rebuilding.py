"""Owns the rebuild itself: reads the whole log once to know it, then folds it into documents from the start.

Never touches the old documents: whoever calls has thrown them away.
Called by ``command.py`` and by tests.
"""

from contextlib import closing
from typing import Final, NamedTuple, Protocol

from actors.machines.messages.record import decode_events
from actors.processes.projector_core import Projector
from couch_views.client import Documents
from rabbit.log import Log, LogUnavailableError, Position

RECORDS_PER_READ: Final = 1_000


class Counted(NamedTuple):
    """How much a log, or a part of it, holds."""

    records: int
    events: int


class Listener(Protocol):
    """Is told how it goes."""

    def expect(self, records: int) -> None:
        """So many records there are to fold."""

    def advance(self, records: int) -> None:
        """So many more were folded."""


def count(log: Log) -> Counted:
    """Reads and verifies the whole log; raises ``LogError`` if it can't be read to its end."""
    names = log.streams()
    if not names:
        raise LogUnavailableError("the log has not been initialised yet")
    records = events = 0
    for name in names:
        position = Position()
        with closing(log.reader(name)) as reader:
            while page := reader.read(position, RECORDS_PER_READ):
                records += len(page)
                events += sum(len(decode_events(record.body)) for record in page)
                position = page[-1].position
    return Counted(records, events)


def rebuild(log: Log, documents: Documents, counted: Counted, listener: Listener) -> None:
    """Folds a log of so many records into documents of which there are none.

    Raises what the log and the documents raise; then it can be begun again, or the projector goes on.
    """
    listener.expect(counted.records)
    projector = Projector(log, documents, together=True)
    try:
        while taken := projector.step(0):
            listener.advance(taken)
    finally:
        projector.close()
