"""Owns the carrying out of a schedule: kills and disturbances, one at a time, while the load goes on.

Never judges what comes of it.
Called by the run, in the main thread (a broker ends with the thread that started it).
"""

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final, Protocol

from tests.chaos.outages import Hold
from tests.chaos.processes import Kill
from tests.chaos.schedule import Deed, Step, lasts_s
from tests.chaos.stores import ChaosError, Disturbance

ORDERS_PER_S_MIN: Final = 100.0
"""The load is never less than this, however few orders are asked for."""
LOOK_EVERY_S: Final = 0.1
SLOWER_AMID: Final = 5.0
"""While a disturbance holds, kills come this much more seldom: most of its time is its own."""
REPORT_EVERY_S: Final = 10.0
SPARED_AFTER_S: Final = 20.0
"""What has accepted nothing for so long is spared until it does: on a slow machine to come back takes longer
than the schedule leaves, and who is never let up can't show that they do."""
NOTHING_ACCEPTED_S_MAX: Final = 120.0
"""An exchange that accepts nothing for so long, and nothing holds it up, doesn't come back."""


class Paced(Protocol):
    """The load, as far as it is steered."""

    @property
    def accepted(self) -> int: ...

    def set_pace(self, orders_per_s: float) -> None: ...


class Killing(Protocol):
    """Who kills."""

    kills: list[Kill]

    def kill(self, amid: str | None) -> Kill | None: ...

    def watch(self) -> None: ...


class Campaign:
    """Goes through a schedule; afterwards ``kills`` and ``holds`` say what was done when."""

    def __init__(
        self,
        schedule: Sequence[Step],
        deeds: Mapping[Deed, Disturbance],
        holds_s: Mapping[Deed, float],
        murderer: Killing,
    ) -> None:
        self.holds: list[Hold] = []
        self._steps = list(reversed(schedule))
        self._deeds = deeds
        self._holds_s = holds_s
        self._murderer = murderer
        self._held: tuple[Deed, float, float] | None = None
        """What holds now, since when, until when."""

    @property
    def kills(self) -> list[Kill]:
        return self._murderer.kills

    def carry_out(self, load: Paced, orders: int, is_alive: Callable[[], bool]) -> None:
        """Returns when every deed is done and undone and so many orders were accepted.

        Raises ``ChaosError`` if the exchange is gone or doesn't come back.
        """
        try:
            self._carry_out(load, orders, is_alive)
        finally:
            if self._held is not None:
                self._undo(self._held[0], self._held[1])

    def _carry_out(self, load: Paced, orders: int, is_alive: Callable[[], bool]) -> None:
        due = time.monotonic() + self._wait_s()
        reported = accepted_at = time.monotonic()
        accepted = 0
        while self._steps or self._held or load.accepted < orders:
            now = time.monotonic()
            if self._held is not None and now >= self._held[2]:
                self._undo(self._held[0], self._held[1])
                accepted_at = now
                due = now + self._wait_s()
            spared = now - accepted_at > SPARED_AFTER_S
            if self._steps and now >= due and not spared and self._do(self._steps[-1].deed):
                self._steps.pop()
                due = time.monotonic() + self._wait_s()
            load.set_pace(self._pace(orders - load.accepted))
            if load.accepted > accepted or self._held is not None:
                accepted, accepted_at = load.accepted, now
            if not is_alive():
                raise ChaosError("the exchange has given up")
            if now - accepted_at > NOTHING_ACCEPTED_S_MAX:
                raise ChaosError(f"nothing was accepted for {NOTHING_ACCEPTED_S_MAX:g} s")
            if now - reported > REPORT_EVERY_S:
                reported = now
                say(
                    f"{load.accepted} orders accepted, {len(self.kills)} kills, {len(self._steps)} deeds left"
                )
            # No longer than until the next deed, unless that has to wait for one that holds.
            time.sleep(min(LOOK_EVERY_S, due - now) if self._steps and due > now else LOOK_EVERY_S)
            self._murderer.watch()

    def _wait_s(self) -> float:
        if not self._steps:
            return 0.0
        return self._steps[-1].wait_s * (SLOWER_AMID if self._held is not None else 1.0)

    def _pace(self, missing: int) -> float:
        """Orders a second, so that about the orders asked for are there when the last deed is done."""
        left_s = max(1.0, lasts_s(self._steps, self._holds_s))
        return max(ORDERS_PER_S_MIN, missing / left_s)

    def _do(self, deed: Deed) -> bool:
        """Whether it could be done now."""
        if deed is Deed.KILL:
            return self._murderer.kill(amid=self._held[0] if self._held is not None else None) is not None
        if self._held is not None:
            return False
        began = time.monotonic()
        say(deed)
        # Held from before it begins: should it fail half-way, it is undone all the same.
        self._held = (deed, began, float("inf"))
        self._deeds[deed].begin()
        self._held = (deed, began, time.monotonic() + self._holds_s.get(deed, 0.0))
        return True

    def _undo(self, deed: Deed, began: float) -> None:
        self._deeds[deed].end()
        self._held = None
        self.holds.append(Hold(deed, began, time.monotonic()))


def say(sentence: str) -> None:
    """Progress, for who waits."""
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {sentence}\n")
    sys.stderr.flush()
