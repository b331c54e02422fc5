"""Owns the tests of the program at the root of the real tree: hosts and projector start, work and stop.

Never asks them anything: that is the gateway's.
Called by pytest.
"""

import os
import signal
from pathlib import Path

import pytest

from actors.processes import incarnation, root
from actors.processes.settings import Settings
from rabbit.open import open_log
from tests.processes.programs import started
from tests.processes.visitor import visiting

pytestmark = pytest.mark.whole


def test_the_real_tree_starts_and_stops(tmp_path: Path) -> None:
    settings = Settings(var=tmp_path / "a var")
    open_log(settings.log, settings.log_folder).initialise(settings.streams.names)
    expected = {"admin", "logger", "supervisor", "projector", "keeper", "auditor", *settings.streams.names}
    with started(settings, "actors.processes.root") as program:
        with visiting(settings) as visitor:
            followers = {"projector", "keeper", "auditor"}
            assert set(visitor.directory().addresses) == {*settings.streams.names, *followers}
        assert program.below().keys() == expected
        os.kill(program.pid, signal.SIGTERM)
        assert program.wait() == incarnation.STOPPED
    for stream in settings.streams.names:
        open_log(settings.log, settings.log_folder).writer(stream).close()  # no lock is left


def test_a_wrong_variable_is_named(tmp_path: Path) -> None:
    with started(Settings(var=tmp_path, port=0), "actors.processes.root") as program:
        assert program.wait() == root.MISCONFIGURED
        assert program.said() == "CREDENCE_PORT must be an integer from 1 to 65535, not '0'\n"
