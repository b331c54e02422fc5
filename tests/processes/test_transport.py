"""Owns the tests of starting, finding and joining an actor system, and of what its ports are open to.

Never tests an actor.
Called by pytest.
"""

import socket
import stat
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from actors.processes import transport
from actors.processes.settings import Settings
from tests.processes.fakes.tree import FakeChild, WhoAreYou
from tests.processes.programs import Program, kill, started, wait_for
from tests.processes.visitor import visiting

pytestmark = pytest.mark.whole


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    with started(Settings(var=tmp_path / "one"), "tests.processes.fakes.root") as running:
        yield running


def test_no_port_of_an_actor_answers_on_another_address(program: Program) -> None:
    with visiting(program.settings) as visitor:
        visitor.directory()
        own = [visitor.system._systemBase.transport.socket]
        ports = [connection.getsockname()[1] for connection in own]
        processes = [psutil.Process(program.pid), *psutil.Process(program.pid).children(recursive=True)]
        listening = {
            connection.laddr
            for process in processes
            for connection in process.net_connections("inet")
            if connection.status == psutil.CONN_LISTEN
        }
        assert len(listening) >= len(processes) - 1
        assert {address.ip for address in listening} == {"127.0.0.1"}
        for port in [*ports, *(address.port for address in listening)]:
            socket.create_connection(("127.0.0.1", port)).close()
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.2", port))


def test_a_tree_is_found_while_it_runs_and_not_afterwards(tmp_path: Path) -> None:
    settings = Settings(var=tmp_path)
    assert transport.find_tree(settings) is None
    tree = transport.Tree(
        root_pid=1, admin_pid=2, admin_port=3, supervisor_pid=4, supervisor_port=5, key="07"
    )
    transport.announce(settings, tree)
    assert transport.find_tree(settings) == tree
    (file,) = settings.run_folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600, "who can read the key can seal"
    assert transport.port_of(tree.supervisor) == 5
    transport.withdraw(settings)
    transport.withdraw(settings)
    assert transport.find_tree(settings) is None


def test_joining_never_starts_a_system(tmp_path: Path) -> None:
    children = psutil.Process().children()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    gone = transport.Tree(
        root_pid=1, admin_pid=2, admin_port=free, supervisor_pid=4, supervisor_port=free, key="07"
    )
    with pytest.raises(transport.NotRunningError, match="no admin answers"):
        transport.join_system(Settings(var=tmp_path), gone)
    assert psutil.Process().children() == children


def test_two_installations_have_two_systems(program: Program, tmp_path: Path) -> None:
    """Thespian's default port is the machine's: a second system would silently join the first."""
    other = Settings(var=tmp_path / "two")
    with (
        started(other, "tests.processes.fakes.root") as second,
        visiting(program.settings) as here,
        visiting(other) as there,
    ):
        assert here.tree.admin_port != there.tree.admin_port
        for visitor, owner in ((here, program), (there, second)):
            visitor.tell(visitor.directory().addresses["one"], WhoAreYou())
            assert visitor.hear(int) == owner.below()["one"]


def test_one_can_join_the_next_incarnation(tmp_path: Path) -> None:
    settings = Settings(var=tmp_path)
    with started(settings, "tests.processes.fakes.root") as first:
        with visiting(settings) as visitor:
            visitor.directory()
        kill(first.pid)
        first.wait()
    with started(settings, "tests.processes.fakes.root") as second:
        wait_for(lambda: (tree := transport.find_tree(settings)) and tree.root_pid == second.pid)
        with visiting(settings) as visitor:
            assert set(visitor.directory().addresses) == {"one", "two", "three"}


def test_thespian_writes_its_own_log_beside_the_journal(program: Program) -> None:
    with visiting(program.settings) as visitor:
        visitor.directory()
        kill(program.below()["logger"])  # of which Thespian's admin dies, not without saying so
        program.wait()
    assert "ActorAdmin uncaught exception" in (program.settings.journal_folder / "thespian.log").read_text()


def test_a_process_that_cannot_be_made_is_an_error() -> None:
    """Thespian only logs it, and gives an address that leads nowhere."""
    maker = FakeChild()
    maker._myRef = SimpleNamespace(createActor=lambda *_: "nowhere")
    with pytest.raises(OSError, match="no process could be made for FakeChild"):
        transport.create_child(maker, FakeChild)
