"""Owns the golden log: what format 1 and its events look like as they were once written, kept for good.

Never changes what is in the file: it is only ever continued. A new kind of event gets a new chapter at the
end of ``CHAPTERS``; a changed shape of the *state* (not of events) gives new hashes for the same records.
Called by tests/rabbit/test_golden_log.py; and after such a change as ``python -m tests.rabbit.golden``.

``golden_log.jsonl`` has a line for each row of each stream, in order: stream, digest and payload of a frame;
``golden_log.oracle.json`` has each stream's records and state hash after them, and the chapters written.
"""

from pathlib import Path
from typing import Final

import msgspec

from actors.machines.messages.record import decode
from actors.machines.turn import Stream
from rabbit.frame import DIGEST_BYTES
from rabbit.memory import MemoryLog
from tests.rabbit.golden_chapters import CHAPTERS
from tests.rabbit.golden_teller import STREAMS, Teller
from tests.rabbit.rigs import everything

DATA: Final = Path(__file__).parents[1] / "data"
LOG: Final = DATA / "golden_log.jsonl"
ORACLE: Final = DATA / "golden_log.oracle.json"


class Row(msgspec.Struct, frozen=True):
    """A frame, readable."""

    stream: str
    digest: str
    payload: str


class End(msgspec.Struct, frozen=True):
    """Where a stream ends."""

    records: int
    state_hash: str


class Oracle(msgspec.Struct, frozen=True):
    """What the log must come to."""

    chapters: int
    ends: dict[str, End]


class Golden(msgspec.Struct, frozen=True):
    """What replaying a stream comes to."""

    end: End
    events: set[str]


def kept_log() -> MemoryLog:
    """The log with the rows of the file, which may have none yet."""
    log = MemoryLog()
    log.initialise(STREAMS.names)
    if LOG.exists():
        for line in LOG.read_bytes().splitlines():
            row = msgspec.json.decode(line, type=Row)
            log.frames(row.stream).append(bytes.fromhex(row.digest) + row.payload.encode())
            log._identity = msgspec.json.decode(row.payload, type=list[object])[2]  # type: ignore[assignment]
    return log


def oracle() -> Oracle:
    return msgspec.json.decode(ORACLE.read_bytes(), type=Oracle) if ORACLE.exists() else Oracle(0, {})


def replayed(log: MemoryLog, name: str) -> Golden:
    """What a stream's records come to, by today's rules."""
    stream = Stream(name, STREAMS)
    events: set[str] = set()
    records = everything(log.reader(name))
    for record in records:
        body = decode(record.body)
        stream.replay(body)
        events |= {type(event).__name__ for event in body.events}
    return Golden(End(len(records), stream.state_hash()), events)


def write() -> None:
    """Adds the chapters that are not in the file yet, and notes what all of it comes to today."""
    log = kept_log()
    for number, chapter in list(enumerate(CHAPTERS))[oracle().chapters :]:
        chapter(Teller(log, number))
    with LOG.open("wb") as file:
        for name in STREAMS.names:
            for frame in log.frames(name):
                row = Row(name, frame[:DIGEST_BYTES].hex(), frame[DIGEST_BYTES:].decode())
                file.write(msgspec.json.encode(row) + b"\n")
    ends = {name: replayed(log, name).end for name in STREAMS.names}
    ORACLE.write_bytes(msgspec.json.format(msgspec.json.encode(Oracle(len(CHAPTERS), ends))) + b"\n")


if __name__ == "__main__":
    write()
