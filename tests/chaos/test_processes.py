"""Owns the tests of who is killed: every process below the launcher, by its title, and nobody else.

Never kills but what it has started.
Called by pytest.
"""

import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Final

import psutil
import pytest

from tests.chaos.processes import NEWBORN, Murderer, name_in, processes_below
from tests.processes.programs import wait_for

NAMES: Final = ("web", "accounts-0", "keeper")
TITLED: Final = "import setproctitle, sys, time; setproctitle.setproctitle(sys.argv[1]); time.sleep(600)"
LAUNCHER: Final = f"""
import subprocess, sys, time
children = {{}}
while True:
    for name in {NAMES!r}:
        if name not in children or children[name].poll() is not None:
            title = f"credence {{name}} var"
            children[name] = subprocess.Popen([sys.executable, "-c", {TITLED!r}, title])
    time.sleep(0.01)
"""
"""Keeps three processes running."""


@pytest.fixture
def launcher() -> Iterator[int]:
    with subprocess.Popen([sys.executable, "-c", LAUNCHER]) as process:
        yield process.pid
        process.send_signal(signal.SIGSTOP)
        children = psutil.Process(process.pid).children()
        process.kill()
        for child in children:
            child.kill()


def named(launcher: int) -> list[str]:
    return sorted(process.name for process in processes_below(launcher))


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("credence accounts-0 var", "accounts-0"),
        ("credence web folder with blanks", "web"),
        ("credence admin", "admin"),
        ("credence logger ", "logger"),
        ("credence host", NEWBORN),
        ("credence", NEWBORN),
        ("python -m resources.serve", NEWBORN),
        ("", NEWBORN),
    ],
)
def test_a_process_is_known_by_its_title(title: str, name: str) -> None:
    assert name_in(title) == name


def test_each_process_is_killed_as_often_as_every_other_and_seen_again(launcher: int) -> None:
    murderer = Murderer(launcher, random.Random(1))

    def all_are_there() -> bool:
        # One that was killed a moment ago can still be seen: it is there again once it is another process.
        murderer.watch()
        missed = any(kill.seen_again is None for kill in murderer.kills)
        return not missed and named(launcher) == sorted(NAMES)

    for _ in range(2 * len(NAMES)):
        wait_for(all_are_there, name="all three processes")
        assert murderer.kill(amid=None) is not None
    wait_for(all_are_there, name="all three processes")
    assert Counter(kill.victim.name for kill in murderer.kills) == dict.fromkeys(NAMES, 2)
    assert all(kill.seen_again is not None and kill.seen_again > kill.at for kill in murderer.kills)


def test_where_nobody_is_nobody_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        assert Murderer(process.pid, random.Random(1)).kill(amid=None) is None
    assert Murderer(process.pid, random.Random(1)).kill(amid=None) is None
