"""Owns the sandbox as one ASGI application: an exchange, its control resources, the faults in front of it.

Never changes what the exchange answers; a fault keeps a request or an answer back, or answers in its place.
Called by whatever hosts it: a server (command.py), or a client in the same process (fixtures.py).
"""

from typing import Final

import orjson

from resources.middleware.asgi import BODY, DISCONNECT, HTTP, MEDIA_TYPE, START, Event, Receive, Scope, Send
from resources.toolkit.problems import OUTCOME_UNKNOWN, THROTTLED, ProblemError, unavailable
from scripts.sandbox.beginning import begin
from scripts.sandbox.controls import PLACE, controls
from scripts.sandbox.faults import Fault, FaultKind, Faults
from scripts.sandbox.line import line_of
from scripts.sandbox.world import Beginning, World

_REFUSALS: Final = {
    FaultKind.UNAVAILABLE: unavailable("Nothing was done: the sandbox was told to be away."),
    FaultKind.THROTTLED: ProblemError(THROTTLED, "Nothing was done: the sandbox was told so."),
    FaultKind.UNKNOWN_NOT_DONE: ProblemError(OUTCOME_UNKNOWN, "The sandbox was told to say so."),
    FaultKind.UNKNOWN_DONE: ProblemError(OUTCOME_UNKNOWN, "The sandbox was told to say so."),
}
_CARRIED_OUT: Final = frozenset({FaultKind.UNKNOWN_DONE, FaultKind.ANSWER_LOST})


class Sandbox:
    """An exchange that can be set back, and told what is to go wrong. The same seed gives the same one."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.faults = Faults()
        self._beginning = _beginning(seed)
        self._world = World(seed, self._beginning)
        self._controls = controls(self)

    @property
    def now(self) -> int:
        """Microseconds since 1970."""
        return self._world.clock.now

    def set_time(self, now: int) -> None:
        """It is later now, and what was due until then happens."""
        self._world.set_time(now)

    def reset(self) -> None:
        """Everything is as in the beginning, and nothing is to go wrong."""
        self._world.close()
        self._world = World(self.seed, self._beginning)
        self.faults.clear()

    def close(self) -> None:
        self._world.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == HTTP, "the sandbox's hosts send nothing else"
        path = scope["path"]
        if path == PLACE or path.startswith(f"{PLACE}/"):
            await self._controls(scope, receive, send)
            return
        fault = self.faults.meet(scope["method"], path)
        if fault is None:
            await self._world.app(scope, receive, send)
        else:
            await self._suffer(fault, scope, receive, send)

    async def _suffer(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        kind, app, line = fault.kind, self._world.app, line_of(scope)
        if kind is FaultKind.MARKET_HALTED:
            assert fault.market_id is not None
            self._world.halt(int(fault.market_id))
            await app(scope, receive, send)
        elif kind is FaultKind.MARKET_SILENT:
            await self._in_silence(scope, receive, send)
        elif kind is FaultKind.ANSWER_LATE:
            answer = Kept()
            await app(scope, receive, answer)
            await line.wait(fault.delay_ms / 1_000)
            for event in answer.events:
                await send(event)
        else:
            if kind in _CARRIED_OUT:
                await app(scope, receive, Kept())
            if kind in _REFUSALS:
                await _refuse(send, _REFUSALS[kind])
            else:
                line.cut()
                await _gone(receive)

    async def _in_silence(self, scope: Scope, receive: Receive, send: Send) -> None:
        world = self._world
        world.silence_markets()
        try:
            await world.app(scope, receive, send)
        finally:
            world.wake_markets()


class Kept:
    """Takes an answer that is not sent, or not yet."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    async def __call__(self, event: Event) -> None:
        self.events.append(event)


def _beginning(seed: int) -> Beginning:
    world = World(seed)
    begin(world, seed)
    return world.end()


async def _refuse(send: Send, problem: ProblemError) -> None:
    body = orjson.dumps(problem.document)
    headers = [
        (b"content-type", MEDIA_TYPE),
        (b"content-length", b"%d" % len(body)),
        *((name.encode(), value.encode()) for name, value in problem.headers.items()),
    ]
    await send({"type": START, "status": problem.kind.status, "headers": headers})
    await send({"type": BODY, "body": body})


async def _gone(receive: Receive) -> None:
    """Until the server has noticed that nobody is there: before, it would answer by itself."""
    while (await receive())["type"] != DISCONNECT:
        pass
