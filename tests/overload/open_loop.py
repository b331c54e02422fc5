"""Owns load at a rate that doesn't depend on the answers: requests leave when they are due.

Never builds a request, never asks again.
Called by the overload rig.

A request takes a connection that waits for nothing, or a new one up to a limit. Past it, or when the rig has
come too late to send it, it is counted as not sent: then the rig is what is overloaded. Latency counts from
when a request was due.
"""

import asyncio
import time
from collections.abc import Iterator
from typing import Final, NamedTuple, cast

HEADER_END: Final = b"\r\n\r\n"
LENGTH: Final = b"\r\ncontent-length:"
ACCEPTED_ORDER: Final = b'"order_id"'
STATUS_AT: Final = slice(9, 12)
ANSWERED_WITHIN_S: Final = 15.0
LATE_S_MAX: Final = 0.2
"""How late the rig itself may send a request; that counts as latency, too."""


class Answered(NamedTuple):
    """One answer: how many orders were accepted by it, and whether it said when to come back."""

    status: int
    latency_s: float
    orders: int
    says_when: bool


class Offered(NamedTuple):
    """What became of all that was due."""

    answers: list[Answered]
    not_sent: int
    unanswered: int


class _Connection(asyncio.Protocol):
    def __init__(self, pool: "_Pool") -> None:
        self._pool = pool
        self._received = bytearray()
        self._due_at: float | None = None
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)

    def send(self, request: bytes, due_at: float) -> None:
        assert self._transport is not None, "only what is connected is given a request"
        self._due_at = due_at
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._received += data
        end = self._received.find(HEADER_END)
        if end < 0:
            return
        head = bytes(self._received[:end]).lower()
        length = int(head.split(LENGTH, 1)[1].split(b"\r\n", 1)[0])
        if len(self._received) < end + len(HEADER_END) + length:
            return
        assert self._due_at is not None, "nothing was asked"
        latency_s = time.perf_counter() - self._due_at
        orders = self._received.count(ACCEPTED_ORDER)
        answer = Answered(int(head[STATUS_AT]), latency_s, orders, b"\r\nretry-after:" in head)
        self._received.clear()
        self._due_at = None
        self._pool.answered(self, answer)

    def connection_lost(self, _error: Exception | None) -> None:
        self._pool.lost(self, was_busy=self._due_at is not None)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


class _Pool:
    def __init__(self, port: int, connections_max: int) -> None:
        self.answers: list[Answered] = []
        self.not_sent = 0
        self.unanswered = 0
        self.under_way = 0
        self._port = port
        self._connections_max = connections_max
        self._idle: list[_Connection] = []
        self._all: set[_Connection] = set()
        self._opening = 0
        self._tasks: set[asyncio.Task[None]] = set()

    def send(self, request: bytes, due_at: float) -> None:
        if self._idle:
            self.under_way += 1
            self._idle.pop().send(request, due_at)
        elif len(self._all) + self._opening < self._connections_max:
            self.under_way += 1
            self._opening += 1
            task = asyncio.create_task(self._open(request, due_at))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        else:
            self.not_sent += 1

    async def _open(self, request: bytes, due_at: float) -> None:
        loop = asyncio.get_running_loop()
        try:
            _, connection = await loop.create_connection(lambda: _Connection(self), "127.0.0.1", self._port)
        except OSError:
            self.under_way -= 1
            self.unanswered += 1
        else:
            self._all.add(connection)
            connection.send(request, due_at)
        finally:
            self._opening -= 1

    def answered(self, connection: _Connection, answer: Answered) -> None:
        self.under_way -= 1
        self.answers.append(answer)
        self._idle.append(connection)

    def lost(self, connection: _Connection, *, was_busy: bool) -> None:
        self._all.discard(connection)
        if was_busy:
            self.under_way -= 1
            self.unanswered += 1
        elif connection in self._idle:
            self._idle.remove(connection)

    def close(self) -> None:
        for connection in list(self._all):
            connection.close()


async def offer(
    port: int, requests: Iterator[bytes], per_s: float, seconds: float, connections_max: int
) -> Offered:
    """Sends ``per_s`` requests a second for so long, then waits for the last answers."""
    pool = _Pool(port, connections_max)
    began = time.perf_counter()
    for number in range(round(per_s * seconds)):
        due_at = began + number / per_s
        early_s = due_at - time.perf_counter()
        if early_s < -LATE_S_MAX:
            pool.not_sent += 1
            continue
        # Who is late must still listen.
        await asyncio.sleep(max(0.0, early_s))
        pool.send(next(requests), due_at)
    give_up = time.perf_counter() + ANSWERED_WITHIN_S
    while pool.under_way and time.perf_counter() < give_up:  # noqa: ASYNC110 (answers come one by one)
        await asyncio.sleep(0.01)
    unanswered = pool.unanswered + pool.under_way
    pool.close()
    return Offered(pool.answers, pool.not_sent, unanswered)
