"""Owns the tests of what is corrected in Thespian: that each trap is closed.

Never tests what Thespian does well. Loopback only, and orphans, are seen in test_transport and test_lineage.
Called by pytest.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import psutil
import pytest
from thespian.system import transport as intents

from actors.processes import corrections
from actors.processes.settings import Settings
from tests.processes.fakes.tree import Flood, Troubles, Volley, WhoAreYou
from tests.processes.programs import ROOT, Program, pause, started
from tests.processes.visitor import Visitor, visiting

VOLLEYS: Final = 10
STROKES: Final = 60


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    with started(Settings(var=tmp_path), "tests.processes.fakes.root") as running:
        yield running


@pytest.fixture
def visitor(program: Program) -> Iterator[Visitor]:
    with visiting(program.settings) as present:
        yield present


@pytest.mark.whole
def test_messages_that_cross_neither_pause_nor_are_sent_twice(visitor: Visitor) -> None:
    """Two actors that send to each other all the time. These were the stalls of 40 ms."""
    directory = visitor.directory()
    players = (directory.addresses["one"], directory.addresses["two"])
    for number in range(VOLLEYS):
        visitor.tell(players[number % 2], Volley(number, STROKES, players))
    assert {visitor.hear(int) for _ in range(VOLLEYS)} == set(range(VOLLEYS))
    for player in players:
        visitor.tell(player, Troubles())
        assert visitor.hear(Troubles) == Troubles(0)


@pytest.mark.whole
def test_a_receiver_that_hangs_holds_up_nobody_else(visitor: Visitor, program: Program) -> None:
    directory = visitor.directory()
    one, two = directory.addresses["one"], directory.addresses["two"]
    pause(program.below()["two"])
    visitor.tell(one, Flood(two, 60))  # Thespian has 20 messages under way, then makes all others wait
    visitor.tell(one, WhoAreYou())
    assert visitor.hear(int) == program.below()["one"]


@pytest.mark.whole
def test_a_connection_that_is_left_is_closed(program: Program) -> None:
    def opened() -> int:
        return len(psutil.Process().net_connections())

    before = opened()
    for _ in range(3):
        with visiting(program.settings) as visitor:
            visitor.directory()
            assert opened() > before
        assert opened() == before


def test_a_message_that_is_not_taken_is_given_up_soon() -> None:
    intent = intents.TransmitIntent("somebody", "something")
    assert intent.transmit_retry_period == corrections.RETRY_PERIOD
    assert intent.expiration().view().remaining() <= corrections.TRANSMIT_PERIOD_MAX


@pytest.mark.parametrize(
    "carrier",
    [
        intents.TransmitIntent("somebody", b"a large batch"),
        intents.ReceiveEnvelope("somebody", b"a large batch"),
    ],
)
def test_the_names_of_messages_do_not_write_them_out(carrier: intents.TransmitIntent) -> None:
    assert carrier.identify() == "bytes"


def test_importing_asks_no_name_server() -> None:
    program = (
        "import socket\n"
        "def refuse(*_): raise SystemExit('asked for a name')\n"
        "socket.gethostname = socket.getfqdn = refuse\n"
        "import actors.processes.corrections\n"
        "assert socket.getfqdn is refuse and socket.gethostname is refuse\n"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)
