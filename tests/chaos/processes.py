"""Owns the processes of the exchange under test: which there are, which is killed, when they were seen again.

Never kills the launcher, nor any process that is not below it.
Called by the command, in its main thread.
"""

import contextlib
import os
import random
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

import psutil

TITLE: Final = "credence"
NEWBORN: Final = "newborn"
"""A process that has yet to be told what it is: its title is that of its parent, or of its class alone."""
OF_THESPIAN: Final = frozenset({"credence admin", "credence logger"})
"""Titles that never say more than that."""
MISSED_MAX: Final = 20
"""So many of the last kills are waited for."""


class Process(NamedTuple):
    name: str
    pid: int


@dataclass(slots=True)
class Kill:
    """``at`` and ``seen_again`` in ``time.monotonic``; ``amid`` names the disturbance that held meanwhile."""

    victim: Process
    at: float
    amid: str | None
    seen_again: float | None = None


def processes_below(pid: int) -> list[Process]:
    """Every process below this one; the name is the second word of its title."""
    try:
        below = psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []
    titles: dict[int, tuple[str, int]] = {}
    for process in below:
        with contextlib.suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
            titles[process.pid] = (name_in(" ".join(process.cmdline())), process.ppid())
    return [
        Process(NEWBORN if titles.get(parent, ("", 0))[0] == name else name, pid)
        for pid, (name, parent) in titles.items()
    ]


def name_in(title: str) -> str:
    """The second word, in a title of the exchange that is whole: ``credence NAME VAR``."""
    words = title.split()
    whole = words[:1] == [TITLE] and (len(words) > 2 or " ".join(words) in OF_THESPIAN)
    return words[1] if whole else NEWBORN


class Murderer:
    """Kills, and keeps looking who is there again."""

    def __init__(self, launcher_pid: int, chance: random.Random) -> None:
        self._launcher_pid = launcher_pid
        self._chance = chance
        self._deck: list[str] = []
        self.kills: list[Kill] = []

    def kill(self, amid: str | None) -> Kill | None:
        """Kills one process, each name as often as every other; None if there is none now."""
        present = {process.name: process for process in self.look()}
        victim = self._choose(present)
        if victim is None:
            return None
        kill = Kill(victim, time.monotonic(), amid)
        try:
            os.kill(victim.pid, signal.SIGKILL)
        except ProcessLookupError:
            return None
        self.kills.append(kill)
        return kill

    def watch(self) -> None:
        """Looks, as long as somebody is missed."""
        if any(kill.seen_again is None for kill in self.kills[-MISSED_MAX:]):
            self.look()

    def look(self) -> list[Process]:
        """Who is there now; notes who is there again."""
        found = processes_below(self._launcher_pid)
        now = time.monotonic()
        for kill in self.kills[-MISSED_MAX:]:
            name, pid = kill.victim
            if kill.seen_again is None and (
                name == NEWBORN or any(one.name == name and one.pid != pid for one in found)
            ):
                kill.seen_again = now
        return found

    def _choose(self, present: Mapping[str, Process]) -> Process | None:
        for _ in range(2):
            while self._deck:
                name = self._deck.pop()
                if name in present:
                    return present[name]
            self._deck = sorted(present)
            self._chance.shuffle(self._deck)
        return None
