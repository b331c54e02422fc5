"""Owns the rig of the log at a broker: one log in a virtual host, reached through a relay that can be cut.

Never starts a broker: it is given one that runs.
Called by tests/rabbit.
"""

import time
from contextlib import closing, suppress
from typing import Final

import pika

from rabbit.amqp import AmqpLog
from rabbit.amqp_line import Line, Message, QueueLockedError
from rabbit.amqp_topology import BEGINNING, TOPOLOGY, Queue, queue
from rabbit.log import Log, LogError, Reader, Writer
from scripts.broker.node import Broker
from tests.rabbit.relay import Relay
from tests.rabbit.rigs import STREAMS

VIRTUAL_HOSTS: Final = ("one", "other")
STREAMS_EVER: Final = (*STREAMS, "markets-1", "social-0", "social-1")
FREE_WITHIN_S: Final = 30.0
PATIENT: Final = "?heartbeat=60"
"""What a rig does to a broker may take longer than one that is silent meanwhile is usually kept."""


class AmqpRig:
    """``log`` goes through ``relay``; ``reopened`` ones go straight to the broker."""

    fenced = False

    def __init__(self, broker: Broker, virtual_host: str = VIRTUAL_HOSTS[0]) -> None:
        self.broker = broker
        self.relay = Relay(broker.port)
        self.plain_url = f"{broker.url}{virtual_host}"
        self.url = f"{self.plain_url}{PATIENT}"
        self.relayed_url = self.url.replace(f":{broker.port}/", f":{self.relay.port}/")
        self._log = ClosingLog(self.relayed_url)
        self.log: Log = self._log
        self._others: list[ClosingLog] = []
        self.delete(*(queue(kind, stream).name for kind in TOPOLOGY for stream in STREAMS_EVER))

    def reopened(self, options: str = PATIENT) -> Log:
        self._others.append(ClosingLog(f"{self.plain_url}{options}"))
        return self._others[-1]

    def free(self, stream: str) -> None:
        self.relay.cut()
        give_up = time.monotonic() + FREE_WITHIN_S
        while self.is_locked(stream):
            assert time.monotonic() < give_up, "the lock of a connection that was cut stays"

    def is_locked(self, stream: str) -> bool:
        with closing(Line(self.url, "rig")) as line:
            try:
                line.declare(queue("writer", stream))
            except QueueLockedError:
                return True
            return False

    def rows(self, stream: str) -> list[bytes]:
        return [body for body in self.messages(queue("stream", stream).name) if body != BEGINNING]

    def replace(self, stream: str, frames: list[bytes]) -> None:
        self.empty(stream)
        for frame in (BEGINNING, *frames):
            self.publish(stream, frame)

    def empty(self, stream: str) -> None:
        """A stream that has not even a beginning."""
        self.delete(queue("stream", stream).name)
        self.declare(queue("stream", stream))

    def publish(self, stream: str, frame: bytes) -> None:
        """What a writer that was replaced may do: the broker does not refuse it."""
        self.publish_to(queue("stream", stream).name, frame)

    def messages(self, name: str) -> list[bytes]:
        """All messages of a queue that is a stream."""
        found: list[Message] = []
        with closing(Line(self.url, "rig")) as line:
            newest = line.peek(name, "last")[-1].offset
            line.consume(name, "first", 10_000, found.append)
            line.wait(lambda: bool(found) and found[-1].offset >= newest)
        return [message.body for message in found]

    def declare(self, kept: Queue) -> None:
        with closing(Line(self.url, "rig")) as line:
            line.declare(kept)

    def publish_to(self, name: str, body: bytes) -> None:
        with closing(Line(self.url, "rig")) as line:
            line.publish(name, body)

    def delete(self, *names: str) -> None:
        with closing(pika.BlockingConnection(pika.URLParameters(self.url))) as connection:
            channel = connection.channel()
            for name in names:
                channel.queue_delete(name)

    def close(self) -> None:
        for log in (self._log, *self._others):
            log.close()
        self.relay.close()


class ClosingLog(AmqpLog):
    """Closes what tests leave open, so that no connection outlives its test."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._open: list[Reader | Writer] = []

    def writer(self, stream: str) -> Writer:
        writer = super().writer(stream)
        self._open.append(writer)
        return writer

    def reader(self, stream: str) -> Reader:
        reader = super().reader(stream)
        self._open.append(reader)
        return reader

    def close(self) -> None:
        while self._open:
            with suppress(LogError):
                self._open.pop().close()
