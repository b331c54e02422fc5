"""Owns the web's way to the actors: one thread that speaks Thespian for the event loop.

Never decides when to repeat or to give up (the core does); survives the death and return of the whole tree.
Called by resources through the ``Gateway`` protocol; started and closed by whoever serves the web.
"""

import asyncio
import contextlib
import secrets
import threading
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import structlog

from actors.machines.messages.answers import Answer, Reply
from actors.machines.messages.commands import Asked, Question, RegisterMember, Request
from actors.machines.streams import Streams
from actors.processes.gateway import UnavailableError
from actors.processes.gateway_core import Answered, GatewayCore, encode_asked
from actors.processes.gateway_line import Line
from actors.processes.settings import Settings

LOOK_EVERY_US: Final = 20_000
"""How often repeats, deadlines and the tree are looked at while requests are under way."""
IDLE_S: Final = 0.25
"""How often the tree is looked at otherwise."""
LINE_RETRY_S: Final = 0.1
CLOSE_WITHIN_S: Final = 3.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, eq=False)
class Waiting:
    """Whom a request belongs to: a future, which only its loop may touch."""

    loop: asyncio.AbstractEventLoop
    future: "asyncio.Future[Answered]"


class ThespianGateway:
    """The gateway between event loops and the actors' processes."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._core = GatewayCore(settings.streams, secrets.randbits(60))
        self._line = Line(settings)
        self._submitted: deque[tuple[Waiting, Asked, bytes]] = deque()
        self._closing = False
        self._calling = False
        self._looked_at = 0
        self._thread = threading.Thread(target=self._run, name="gateway", daemon=True)

    @property
    def streams(self) -> Streams:
        return self._settings.streams

    def start(self) -> None:
        """Begins to look for the actors; requests may come at once, and wait for them a little."""
        self._thread.start()

    def close(self) -> None:
        """Ends the thread; what is unanswered then is answered as unavailable, or unknown. Again: nothing."""
        if self._closing:
            return
        self._closing = True
        self._line.call()
        self._thread.join(CLOSE_WITHIN_S)

    async def request(self, request: Request) -> Answer:
        answer = await self._answer_to(request)
        assert isinstance(answer, Answer), "a request is answered with an Answer"
        return answer

    async def ask(self, asked: RegisterMember | Question) -> Reply:
        reply = await self._answer_to(asked)
        assert isinstance(reply, Reply), "a question is answered with a Reply"
        return reply

    async def _answer_to(self, asked: Asked) -> Answered:
        encoded = encode_asked(asked)
        if self._closing or not self._thread.is_alive():
            raise UnavailableError("the gateway is closed")
        loop = asyncio.get_running_loop()
        waiting = Waiting(loop, loop.create_future())
        self._submitted.append((waiting, asked, encoded))
        if not self._calling:
            # One call for all that this round of the loop submits: each hands the processor over.
            self._calling = True
            loop.call_soon(self._call)
        return await waiting.future

    def _call(self) -> None:
        self._calling = False
        self._line.call()

    # The thread.

    def _run(self) -> None:
        while not self._closing:
            try:
                self._step()
            except Exception:
                # Whatever it was, the line is opened anew, and requests are repeated over it.
                log.exception("the gateway lost its line")
                self._line.hang_up()
                time.sleep(LINE_RETRY_S)
        self._line.close()
        self._give_up()

    def _step(self) -> None:
        """Sends what waits, waits for what comes, tells who asked."""
        self._submit()
        for host, payload in self._core.batches(_now()):
            self._line.send(host, payload)
        heard = self._line.listen(LOOK_EVERY_US / 1_000_000 if self._core.busy else IDLE_S)
        now = _now()
        if heard.moved:
            self._core.directory(self._line.hosts)
        for host, address, taken in heard.taken:
            self._core.taken(host, address, taken=taken, now=now)
        outcomes: list[tuple[Waiting, Answered | Exception]] = []
        for payload in heard.replies:
            outcomes.extend(_for_waiting(self._core.answered(payload)))
        if now - self._looked_at >= LOOK_EVERY_US:
            self._looked_at = now
            outcomes.extend(_for_waiting(self._core.look(now)))
        _tell(outcomes)

    def _submit(self) -> None:
        now = _now()
        refused: list[tuple[Waiting, Answered | Exception]] = []
        while self._submitted:
            waiting, asked, encoded = self._submitted.popleft()
            try:
                self._core.submit(waiting, asked, encoded, now)
            except UnavailableError as error:
                refused.append((waiting, error))
        _tell(refused)

    def _give_up(self) -> None:
        submitted, self._submitted = self._submitted, deque()
        closed = UnavailableError("the gateway is closed")
        _tell([(waiting, closed) for waiting, _, _ in submitted])
        _tell(_for_waiting(self._core.abandon()))


def open_gateway(settings: Settings) -> ThespianGateway:
    """The gateway to the processes of an installation, at work: it finds them whenever they come and go."""
    gateway = ThespianGateway(settings)
    gateway.start()
    return gateway


def _for_waiting(
    outcomes: Iterable[tuple[object, Answered | Exception]],
) -> list[tuple[Waiting, Answered | Exception]]:
    told: list[tuple[Waiting, Answered | Exception]] = []
    for ticket, outcome in outcomes:
        assert isinstance(ticket, Waiting), "the tickets of this gateway are futures"
        told.append((ticket, outcome))
    return told


def _tell(outcomes: list[tuple[Waiting, Answered | Exception]]) -> None:
    """Hands outcomes to their loops, all of a loop with one call."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[Waiting, Answered | Exception]]] = {}
    for waiting, outcome in outcomes:
        by_loop.setdefault(waiting.loop, []).append((waiting, outcome))
    for loop, of_loop in by_loop.items():
        with contextlib.suppress(RuntimeError):  # a loop that is closed has nobody waiting
            loop.call_soon_threadsafe(_resolve, of_loop)


def _resolve(outcomes: list[tuple[Waiting, Answered | Exception]]) -> None:
    """In the loop: who still waits is told."""
    for waiting, outcome in outcomes:
        if waiting.future.done():
            continue
        if isinstance(outcome, Exception):
            waiting.future.set_exception(outcome)
        else:
            waiting.future.set_result(outcome)


def _now() -> int:
    return time.monotonic_ns() // 1_000
