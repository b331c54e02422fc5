"""Owns the tests of versions: what makes another one, and that each door refuses it in plain words.

Never tests a protocol.
Called by pytest.
"""

import threading
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
import structlog
from thespian.actors import ActorAddress

from actors.processes import shell, transport
from actors.processes.door_messages import Claim
from actors.processes.gateway_line import Line
from actors.processes.protocol import Directory, Start, Subscribe
from actors.processes.settings import Settings
from actors.processes.shell import Shell
from actors.processes.supervisor import Child, Supervisor
from actors.processes.version import SOURCES, VERSION, OtherVersionError, require_same, version_of
from rabbit.log import FORMAT_VERSION

OTHER = f"{FORMAT_VERSION}-00000000"
NOBODY = ActorAddress("nobody")


def test_any_change_of_what_is_said_is_another_version(tmp_path: Path) -> None:
    source = tmp_path / "protocol.py"
    source.write_text("payload: bytes")
    before = version_of([source])
    source.write_text("payload: str")
    assert version_of([source]) != before
    assert before.startswith(f"{FORMAT_VERSION}-")


def test_the_version_covers_machines_processes_doors_and_records() -> None:
    names = {source.name for source in SOURCES}
    assert {"letters.py", "posted.py", "commands.py", "answers.py", "record.py"} <= names
    assert {"protocol.py", "door_messages.py", "frame.py"} <= names


def test_who_is_of_another_version_is_named() -> None:
    require_same(VERSION, "the parent is")
    with pytest.raises(OtherVersionError) as refusal:
        require_same(OTHER, "the parent is")
    assert str(refusal.value).startswith(f"the parent is of version {OTHER}, this process of {VERSION}: ")


# The doors. (That between machines is tried in test_lendable_host.py.)


def announce_as(settings: Settings, version: str | None) -> None:
    """A tree of that version runs; None: of a program from before there were versions."""
    transport.announce(settings, transport.Tree(1, 2, 3, 4, 5, "07"))
    path = settings.run_folder / "tree.json"
    found = msgspec.json.decode(path.read_bytes(), type=dict[str, object])
    path.write_bytes(msgspec.json.encode(found["tree"] if version is None else found | {"version": version}))


@pytest.mark.parametrize("version", [OTHER, None])
def test_a_gateway_does_not_join_a_tree_of_another_version(tmp_path: Path, version: str | None) -> None:
    settings = Settings(var=tmp_path)
    announce_as(settings, version)
    with pytest.raises(OtherVersionError, match=r"the actors of .* are of version"):
        transport.find_tree(settings)
    with closing(Line(settings)) as line, structlog.testing.capture_logs() as journal:
        for _ in range(3):
            line.hang_up()
            line.listen(0)
        assert line.hosts == {}
    assert [entry["event"] for entry in journal] == ["does not work with another version"]


class Table(Supervisor):
    """A supervisor without Thespian."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[object] = []

    def table(self) -> tuple[Child, ...]:
        return ()

    def send(self, _address: ActorAddress, message: object) -> None:
        self.sent.append(message)

    def ready(self) -> None:
        """Nobody is told."""

    def wake_after(self, _seconds: float, _payload: object = None) -> None:
        """Time stands still."""


@pytest.fixture
def table(tmp_path: Path) -> Table:
    table = Table()
    table.settings = Settings(var=tmp_path)
    table.start(Start("supervisor", table.settings))
    return table


def test_a_gateway_of_another_version_gets_no_directory(table: Table) -> None:
    with structlog.testing.capture_logs() as journal:
        table.receive(Subscribe(OTHER), NOBODY)
    assert table.sent == []
    assert journal[0]["event"] == "a gateway of another version gets no directory"
    table.receive(Subscribe(), NOBODY)
    assert [type(message) for message in table.sent] == [Directory]


def test_a_child_does_not_work_for_a_parent_of_another_version(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)  # to be put back
    monkeypatch.setattr(shell, "setproctitle", lambda _title: None)
    monkeypatch.setattr(shell, "open_journal", lambda _settings, _name: None)
    with pytest.raises(OtherVersionError, match=r"^the parent is of version"):
        Shell._begin(table, Start("supervisor", table.settings, (), OTHER), NOBODY)


def test_a_claim_at_the_door_says_its_version() -> None:
    assert Claim("elsewhere").version == VERSION
