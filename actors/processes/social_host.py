"""Owns the process around a social host's core: beside a host's work, it follows the logs of trading.

Never has trading wait for it: it reads what is durable already, and gives way where processors are scarce.
Called by the supervisor (which creates it), gateways and other hosts.
"""

import os
import time
from typing import ClassVar, Final

from actors.machines import limits
from actors.processes.host import Host
from actors.processes.host_core import HostCore
from actors.processes.protocol import Start
from actors.processes.social_core import SocialCore

FOLLOW: Final = "follow the logs"
FOLLOW_EVERY_S: Final = 0.03
"""What comes meanwhile is taken in one turn; an entry is that much later."""
NICENESS: Final = 5
"""Activity may lag, trading may not. But members wait for its answers, and documents for what it writes."""


class SocialHost(Host):
    """The one writer of a social stream, as an actor."""

    core_class: ClassVar[type[HostCore]] = SocialCore

    def start(self, start: Start) -> None:
        super().start(start)
        self.wake_after(FOLLOW_EVERY_S, FOLLOW)

    def ready(self) -> None:
        os.nice(NICENESS)
        super().ready()

    def wake(self, payload: object) -> None:
        if payload != FOLLOW:
            super().wake(payload)
            return
        events = 0
        with self._outliving_the_log():
            events = self._follow()
        # With a backlog the next turn comes at once, but behind the messages that wait: commands stay quick.
        self.wake_after(0.0 if events >= limits.EVENTS_READ_PER_TURN_MAX else FOLLOW_EVERY_S, FOLLOW)

    def _follow(self) -> int:
        """A turn with what is new in the logs, unless there is no log; gives the number of its events."""
        core = self._core
        if core is None:
            return 0
        assert isinstance(core, SocialCore), "a social host makes social cores"
        events, outcome = core.follow(_now())
        self._carry_out(outcome)
        return events


def _now() -> int:
    return time.monotonic_ns() // 1_000
