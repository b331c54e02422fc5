"""Owns the proof that a damaged log is noticed: 500 corruptions, each told in words, its stream stopped.

Never repeats the tables of the chain's rules and of the audit's.
Called by pytest. ``SEED=7 pytest ...`` takes other chances; a failure names what was done.
"""

import os
import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from actors.auditing.breaches import Breach, Rule
from actors.processes.auditor_core import LogAudit
from actors.processes.social_rederive import rederive
from rabbit.log import Log, LogCorruptError
from rabbit.memory import MemoryLog
from rabbit.sqlite import SqliteLog
from tests.processes.corruption import DAMAGES, Frames, Kind, Place, places, rewritten
from tests.processes.kept import IDENTITY, keep, lawful_log

SEED: Final = int(os.environ.get("SEED", "1"))
OF_EACH_KIND: Final = 15
COLUMNS: Final = 50
HISTORIES: Final = 150
AT_A_BROKER: Final = 15


def frames_of(log: MemoryLog) -> dict[str, Frames]:
    return {name: list(log.frames(name)) for name in log.streams()}


LAWFUL: Final = frames_of(lawful_log())
PLACES: Final = places(LAWFUL)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The lawful log in SQLite files."""
    folder = tmp_path_factory.mktemp("kept") / "log"
    keep(LAWFUL, folder)
    return folder


def audited(log: Log) -> tuple[list[Breach], dict[str, bool]]:
    """All breaches, and which streams were stopped."""
    audit = LogAudit(log)
    breaches: list[Breach] = []
    for _ in range(3):
        breaches += audit.step().breaches
    audit.close()
    return breaches, {followed.name: followed.stopped for followed in audit.streams}


def replace_rows(folder: Path, stream: str, frames: Frames) -> None:
    with closing(sqlite3.connect(folder / f"{stream}.sqlite")) as database, database:
        database.execute("DELETE FROM records")
        database.executemany("INSERT INTO records VALUES (?, ?)", enumerate(frames, 1))


def test_the_log_that_is_damaged_is_clean(kept: Path) -> None:
    assert audited(SqliteLog(kept)) == ([], dict.fromkeys(LAWFUL, False))
    assert len(PLACES) > 40


def damaged(kept: Path, scratch: Path, stream: str, frames: Frames) -> Log:
    """A copy of the kept log with other rows in one stream."""
    folder = scratch / "log"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(kept, folder)
    replace_rows(folder, stream, frames)
    return SqliteLog(folder)


def assert_stopped(log: Log, place: Place) -> None:
    """The stream is stopped by its chain, in words that name it; no other one is."""
    breaches, stopped = audited(log)
    assert [name for name, is_stopped in stopped.items() if is_stopped] == [place.stream], place
    (chain,) = [breach for breach in breaches if breach.rule is Rule.CHAIN]
    assert chain.stream == place.stream
    assert chain.what.startswith(f"stream {place.stream}: ")
    assert len(chain.what.split()) > 6


@pytest.mark.parametrize("kind", DAMAGES)
def test_a_damaged_file_stops_its_stream(kind: Kind, kept: Path, tmp_path: Path) -> None:
    for number in range(OF_EACH_KIND):
        chance = random.Random(f"{SEED} {kind.__name__} {number}")
        place = chance.choice(PLACES)
        frames = kind(chance, LAWFUL[place.stream], place.at)
        assert_stopped(damaged(kept, tmp_path, place.stream, frames), place)


@pytest.mark.parametrize("kind", DAMAGES)
def test_a_damaged_log_at_a_broker_stops_its_stream(kind: Kind) -> None:
    """A broker's rows have no numbers, and a stale record is passed over there, as if it were missing."""
    for number in range(AT_A_BROKER):
        chance = random.Random(f"{SEED} broker {kind.__name__} {number}")
        place = chance.choice(PLACES)
        log = MemoryLog(IDENTITY, fenced=False)
        log.initialise(tuple(LAWFUL))
        for name, frames in LAWFUL.items():
            log.frames(name)[:] = frames
        log.frames(place.stream)[:] = kind(chance, LAWFUL[place.stream], place.at)
        assert_stopped(log, place)


COLUMN_DAMAGES: Final = {
    "a bit of the number": "UPDATE records SET number = number | 1 << (20 + :bit) WHERE number = :row",
    "the number's sign": "UPDATE records SET number = -number WHERE number = :row",
    "no bytes": "UPDATE records SET frame = x'' WHERE number = :row",
    "text instead of bytes": "UPDATE records SET frame = 'frame' WHERE number = :row",
    "a number instead of bytes": "UPDATE records SET frame = :bit WHERE number = :row",
}


@pytest.mark.parametrize("statement", COLUMN_DAMAGES.values(), ids=COLUMN_DAMAGES)
def test_a_damaged_column_stops_its_stream(statement: str, kept: Path, tmp_path: Path) -> None:
    for number in range(COLUMNS // len(COLUMN_DAMAGES)):
        chance = random.Random(f"{SEED} {statement} {number}")
        place = chance.choice(PLACES)
        log = damaged(kept, tmp_path, place.stream, LAWFUL[place.stream])
        with closing(sqlite3.connect(tmp_path / "log" / f"{place.stream}.sqlite")) as database, database:
            database.execute(statement, {"row": place.at + 1, "bit": chance.randrange(8)})
        assert_stopped(log, place)


def test_the_newest_rows_are_missed(kept: Path, tmp_path: Path) -> None:
    """The chain can't tell that a stream goes on; the writer's mark can."""
    for place in random.Random(SEED).sample(PLACES, 10):
        assert_stopped(damaged(kept, tmp_path, place.stream, LAWFUL[place.stream][: place.at]), place)


@pytest.mark.parametrize("part", range(5))
def test_a_history_written_anew_breaks_a_rule(part: int, kept: Path, tmp_path: Path) -> None:
    """Checksums and chain are right: what is wrong is what it says."""
    for number in range(part, HISTORIES, 5):
        chance = random.Random(f"{SEED} {number}")
        place = chance.choice(PLACES)
        frames = rewritten(chance, LAWFUL[place.stream], place.at)
        log = damaged(kept, tmp_path, place.stream, frames)
        breaches, stopped = audited(log)
        assert not any(stopped.values())
        assert breaches or is_made_otherwise(log, place.stream), f"{place}, chance {SEED} {number}"
        assert all(breach.what for breach in breaches)


def is_made_otherwise(log: Log, stream: str) -> bool:
    """Of members' activity the audit knows numbers and causes; all the rest is made anew and compared."""
    if not stream.startswith("social-"):
        return False
    try:
        return rederive(log, stream).difference is not None
    except LogCorruptError:
        return True


def test_these_are_five_hundred() -> None:
    assert len(DAMAGES) * (OF_EACH_KIND + AT_A_BROKER) + COLUMNS + HISTORIES == 500
