"""Owns the tests of the keeper's process: its pace, what it answers, what it tells the journal, outages.

Never tests what is in a snapshot.
Called by pytest.
"""

import os
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from thespian.actors import ActorAddress

from actors.machines.messages.events import MoneyDeposited
from actors.machines.messages.record import Body, encode
from actors.processes.keeper import ASKERS_MAX, LOOK_EVERY_S, NICENESS, PACE_S, KeeperShell
from actors.processes.outage import BACK_OFF_FIRST_S
from actors.processes.protocol import Directory, SnapshotsTaken, Start, TakeSnapshots
from actors.processes.settings import Settings
from actors.processes.transport import Tree
from rabbit.open import open_log
from tests.couch_views.projection.records import UNIT, registered

STREAM = "accounts-0"
ASKER = Tree(root_pid=1, admin_pid=2, admin_port=3, supervisor_pid=4, supervisor_port=5, key="07").supervisor


class Alone(KeeperShell):
    """A keeper without Thespian: it notes when it wants to be woken and what it sends."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.settings = settings
        self.waits: list[float] = []
        self.sent: list[tuple[ActorAddress, object]] = []
        self.start(Start("keeper", settings))

    def ready(self) -> None:
        self.waits.append(-1)

    def wake_after(self, seconds: float, payload: object = None) -> None:
        self.waits.append(seconds)

    def send(self, address: ActorAddress, message: object) -> None:
        self.sent.append((address, message))

    def rest(self) -> None:
        """Wakes it until it finds nothing new."""
        while self.waits[-1] != LOOK_EVERY_S:
            self.wake(None)


@pytest.fixture
def niceness(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How much nicer it has become; the test run itself doesn't."""
    given: list[int] = []
    monkeypatch.setattr(os, "nice", given.append)
    return given


@pytest.fixture
def settings(tmp_path: Path, niceness: list[int]) -> Settings:
    settings = Settings(var=tmp_path)
    open_log(settings.log, settings.log_folder).initialise(settings.streams.names)
    return settings


def happen(settings: Settings, count: int = 1) -> None:
    writer = open_log(settings.log, settings.log_folder).writer(STREAM)
    list(writer.recover())
    writer.append(encode(Body({}, (registered(),), {}, {})), 1)
    for number in range(1, count):
        writer.append(encode(Body({}, (MoneyDeposited(16, UNIT, number * UNIT),), {}, {})), 1)
    writer.close()


def files(settings: Settings) -> list[str]:
    return sorted(path.name for path in (settings.snapshots_folder / STREAM).glob("*"))


def test_it_is_ready_at_once_nice_and_slow(settings: Settings, niceness: list[int]) -> None:
    keeper = Alone(settings)
    assert niceness == [NICENESS]
    assert keeper.waits == [-1, PACE_S]
    keeper.rest()
    happen(settings)
    keeper.wake(None)
    keeper.wake(None)
    assert keeper.waits[-3:] == [LOOK_EVERY_S, PACE_S, LOOK_EVERY_S]
    assert files(settings) == []
    keeper.stop()


def test_who_wants_snapshots_now_gets_them_and_an_answer(settings: Settings) -> None:
    happen(settings, 3)
    keeper = Alone(settings)
    keeper.rest()
    with capture_logs() as lines:
        keeper.receive(TakeSnapshots(), ASKER)
        keeper.rest()
    positions = dict.fromkeys(settings.streams.names, 0) | {STREAM: 3}
    assert keeper.sent == [(ASKER, SnapshotsTaken(positions))]
    assert files(settings) == ["00000000000000000003.snapshot"]
    (line,) = lines
    size = (settings.snapshots_folder / STREAM / files(settings)[0]).stat().st_size
    assert (line["event"], line["stream"], line["sequence"], line["size"]) == (
        "snapshot written",
        STREAM,
        3,
        size,
    )
    keeper.stop()


def test_while_it_is_at_that_it_takes_no_pause(settings: Settings) -> None:
    happen(settings)
    keeper = Alone(settings)
    keeper.receive(TakeSnapshots(), ASKER)
    keeper.wake(None)
    assert keeper.waits[-1] == 0.0
    keeper.rest()
    assert len(keeper.sent) == 1
    keeper.stop()


def test_everybody_who_asked_is_answered_but_no_endless_number(tmp_path: Path, niceness: list[int]) -> None:
    settings = Settings(var=tmp_path)
    keeper = Alone(settings)
    for _ in range(ASKERS_MAX + 1):
        keeper.receive(TakeSnapshots(), ASKER)
    assert keeper.sent == [], "there is no log yet"
    open_log(settings.log, settings.log_folder).initialise(settings.streams.names)
    keeper.rest()
    assert keeper.sent == [(ASKER, SnapshotsTaken(dict.fromkeys(settings.streams.names, 0)))] * ASKERS_MAX
    keeper.stop()


def test_a_snapshot_that_has_no_place_is_told_in_the_journal(settings: Settings) -> None:
    happen(settings)
    settings.snapshots_folder.write_text("a file where a folder should be")
    keeper = Alone(settings)
    with capture_logs() as lines:
        keeper.receive(TakeSnapshots(), ASKER)
        keeper.rest()
    (line,) = lines
    assert (line["event"], line["log_level"], line["stream"]) == ("snapshot failed", "error", STREAM)
    assert keeper.sent == [(ASKER, SnapshotsTaken(dict.fromkeys(settings.streams.names, 0)))]
    keeper.stop()


def test_after_so_many_records_it_writes_by_itself(tmp_path: Path, niceness: list[int]) -> None:
    settings = Settings(var=tmp_path, snapshot_records=5)
    open_log(settings.log, settings.log_folder).initialise(settings.streams.names)
    happen(settings, 7)
    keeper = Alone(settings)
    keeper.rest()
    assert files(settings) == ["00000000000000000007.snapshot"]
    keeper.stop()


def test_while_the_log_is_away_it_waits_longer_and_longer(tmp_path: Path, niceness: list[int]) -> None:
    settings = Settings(var=tmp_path)
    keeper = Alone(settings)
    keeper.wake(None)
    assert keeper.waits == [-1, BACK_OFF_FIRST_S, 2 * BACK_OFF_FIRST_S]
    open_log(settings.log, settings.log_folder).initialise(settings.streams.names)
    keeper.rest()
    keeper.stop()


def test_what_concerns_others_is_passed_over(settings: Settings) -> None:
    keeper = Alone(settings)
    with capture_logs() as lines:
        keeper.receive(Directory(), ASKER)
        keeper.receive("what?", ASKER)
    assert [line["event"] for line in lines] == ["unexpected message"]
    keeper.stop()
