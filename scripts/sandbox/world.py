"""Owns an exchange in one thread with its web: actors, documents in memory, a clock that somebody sets.

Never starts a server, a process or a timer; never has more in it than a real exchange.
Called by the sandbox's application, which throws it away and makes another to begin anew.
"""

import tempfile
from pathlib import Path
from typing import Final, NamedTuple

from actors.machines.messages.answers import AccountResult, Reply
from actors.machines.messages.commands import ChangeMarketState, RegisterMember, Request
from actors.machines.messages.words import MarketState
from actors.processes.local import START_US, LocalExchange, SteppingClock
from actors.processes.projector_core import Projector
from actors.processes.settings import Settings
from couch_views.client import Documents
from couch_views.embedded.server import EmbeddedServer
from rabbit.memory import MemoryLog
from resources.app import create_app
from resources.passwords import hash_password
from scripts.first_start.staff import USERNAME

PASSWORD: Final = "sandbox-password"  # noqa: S105 (it guards play money, and is told to everybody)
STEP_US: Final = 1
"""How much later it is whenever somebody looks: times differ, and all but stand still."""


class Beginning(NamedTuple):
    """All that a world began with: its log, stream by stream, its documents, and its time."""

    frames: dict[str, tuple[bytes, ...]]
    documents: bytes
    now: int


class _Documents:
    """The projector as a follower of the exchange."""

    def __init__(self, projector: Projector) -> None:
        self._projector = projector

    def step(self) -> bool:
        return self._projector.step(0) > 0


class World:
    """An exchange with its web; with a ``beginning``, as it was then. The same seed: the same secrets."""

    def __init__(self, seed: int, beginning: Beginning | None = None) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="credence-sandbox-")
        var = Path(self._folder.name)
        log = MemoryLog(identity=f"sandbox {seed}")
        self.clock = SteppingClock(START_US if beginning is None else beginning.now, STEP_US)
        settings = Settings(var=var, hashing_cost="cheap", secret=f"the secret of sandbox {seed}")
        settings.first_start_marker.touch()
        # What was projected once isn't projected again: that would be most of what a reset takes.
        image = None if beginning is None else beginning.documents
        self._server = EmbeddedServer(None, writer=True, image=image)
        self._documents = Documents(lambda: self._server, self._server.close)
        if beginning is not None:
            log.initialise(tuple(beginning.frames))
            for stream, frames in beginning.frames.items():
                log.frames(stream).extend(frames)
        follower = _Documents(Projector(log, self._documents))
        self.exchange = LocalExchange(log=log, clock=self.clock, followers=(follower,))
        self.app = create_app(self.exchange.gateway, self._documents, settings, self.clock)
        self._staff = self._register_staff()
        self._halts = 0

    def end(self) -> Beginning:
        """Closes the world. What it gives, others can begin with, to be as this one was."""
        log = self.exchange.log
        frames = {name: tuple(log.frames(name)) for name in log.streams()}
        left = Beginning(frames, self._server.image(), self.clock.now)
        self.close()
        return left

    def set_time(self, now: int) -> None:
        """It is ``now`` (microseconds since 1970), and what was due until then happens."""
        self.clock.now = now
        self.exchange.tick()

    def halt(self, market_id: int) -> None:
        """Staff halts the market, if it can be halted."""
        self._halts += 1
        halt = ChangeMarketState(market_id, MarketState.HALTED)
        scope, key = f"PATCH /v3/markets/{market_id}", f"sandbox/halt/{self._halts}"
        staff = self._staff
        self.exchange.ask(Request(staff.account_id, staff.generation, scope, key, False, "", (halt,)))

    def silence_markets(self) -> None:
        """Until ``wake_markets`` no market answers; what is sent to them waits."""
        for stream in self.exchange.streams.market_names:
            self.exchange.stop(stream)

    def wake_markets(self) -> None:
        for stream in self.exchange.streams.market_names:
            self.exchange.restart(stream)

    def close(self) -> None:
        self._documents.close()
        self._folder.cleanup()

    def _register_staff(self) -> AccountResult:
        """Registered twice under one key, the staff finds itself: so does a world that had a beginning."""
        register = RegisterMember(USERNAME, _password_hash(), "Staff", "sandbox/staff", staff=True)
        reply = self.exchange.ask(register)
        assert isinstance(reply, Reply)
        assert isinstance(reply.result, AccountResult)
        return reply.result


def _password_hash() -> str:
    return hash_password(PASSWORD, "cheap")
