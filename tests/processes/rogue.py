"""Owns a rogue writer: it appends to a stream in SQLite files that another process owns, chain and all.

Never asks for the stream's lock: that is what makes it a rogue.
Called by the tests of the auditor.
"""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from actors.machines.messages.record import Body, encode
from rabbit.chain import Chain
from rabbit.description import decode
from rabbit.log import Position
from rabbit.sqlite import DESCRIPTION_NAME, SqliteLog


def forge(folder: Path, stream: str, body: Body) -> int:
    """Appends a record that follows the last one, whether or not it is lawful; gives its time."""
    identity = decode((folder / DESCRIPTION_NAME).read_bytes(), str(folder)).log
    chain = Chain(identity, stream)
    now = time.time_ns() // 1_000
    with closing(sqlite3.connect(folder / f"{stream}.sqlite", isolation_level=None)) as database:
        database.execute("BEGIN IMMEDIATE")
        for (frame,) in database.execute("SELECT frame FROM records ORDER BY number"):
            chain.take(frame)
        frame = chain.next_record(encode(body), now)
        database.execute("INSERT INTO records SELECT max(number) + 1, ? FROM records", (frame,))
        database.execute("COMMIT")
    return now


def bodies(folder: Path, stream: str, after: Position = Position()) -> list[tuple[int, bytes]]:
    """Time and body of every record of a stream."""
    with closing(SqliteLog(folder).reader(stream)) as reader:
        return [(record.time, record.body) for record in reader.read(after, 1_000_000)]
