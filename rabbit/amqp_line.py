"""Owns one connection to a broker with one channel, used step by step, each step with a deadline.

Never knows what a message means, never connects again: a line that is lost is closed and replaced.
Called by rabbit/amqp.py, its readers and writers; a line belongs to the thread that made it.

pika's BlockingConnection would be shorter, but waits without a limit for a confirm that doesn't come; this
drives pika's SelectConnection itself, and takes as long for an append.
"""

import logging
import os
import time
from collections.abc import Callable
from typing import Final, NamedTuple

import pika
from pika import exceptions, spec
from pika.adapters.select_connection import IOLoop
from pika.adapters.utils import io_services_utils
from pika.adapters.utils.connection_workflow import AMQPConnectionWorkflowFailed, AMQPConnectorPhaseErrorBase
from pika.channel import Channel
from pika.frame import Method

from rabbit.amqp_topology import NOBODY, Queue
from rabbit.log import KEEP_ALIVE_S, LogCorruptError, LogError, LogLockedError, LogUnavailableError

HEARTBEAT_S: Final = 3
"""A broker gives up on a silent client, and frees its lock, after two to three of these."""
CONNECT_S_MAX: Final = 3.0
ANSWER_S_MAX: Final = 4.0
"""How long a broker may take for an answer, a confirm included."""
CLOSE_S_MAX: Final = 0.5

assert 2 * KEEP_ALIVE_S < HEARTBEAT_S

_ACCESS_REFUSED: Final = ("ConnectionClosedByBroker: (403)", "ConnectionClosedByBroker: (530)")
_PERSISTENT: Final = pika.BasicProperties(delivery_mode=2)  # type: ignore[no-untyped-call] # by pika

# By default pika takes a record in pieces of 4 KiB, and copies what it has of it for each piece.
io_services_utils._AsyncTransportBase._MAX_RECV_BYTES = 131_072  # noqa: SLF001 (it can't be told otherwise)

# All that pika has to say arrives here as an exception, and its details may show a login.
logging.getLogger("pika").setLevel(logging.CRITICAL)


class LineLostError(LogUnavailableError):
    """The connection is gone, or the broker does not do in time what it was asked for."""


class QueueMissingError(LogCorruptError):
    """There is no such queue; the line is of no further use."""


class QueueLockedError(LogLockedError):
    """The queue belongs to another connection; the line is of no further use."""


_REFUSALS: Final[tuple[tuple[str, type[LogError]], ...]] = (
    ("NOT_FOUND - no queue", QueueMissingError),
    ("RESOURCE_LOCKED", QueueLockedError),
    ("PRECONDITION_FAILED - inequivalent arg", LogError),
    ("PRECONDITION_FAILED - message size", LogError),
    ("ACCESS_REFUSED", LogError),
    ("NOT_IMPLEMENTED", LogError),
)
"""How final refusals begin. Others pass: a broker that was just started says that its queues are down."""


class Message(NamedTuple):
    """A message of a stream. ``tag`` is what the broker wants to have acknowledged."""

    offset: int
    tag: int
    body: bytes


class Line:
    """A connection, open from birth until it is lost or closed.

    ``purpose`` names it in the broker's list of connections. Raises ``LogUnavailableError`` if there is no
    broker, ``LogError`` if it refuses the login.
    """

    def __init__(self, url: str, purpose: str) -> None:
        parameters = _parameters(url)
        parameters.client_properties = {"connection_name": f"credence {purpose}, process {os.getpid()}"}
        self._place = f"the broker at {parameters.host}:{parameters.port}"
        self._lost: LogError | None = None
        self._blocked = ""
        self._returned = False
        self._confirms = False
        self._published = 0
        self._confirmed = 0
        self._loop = IOLoop()
        self._loop.activate_poller()
        self._connection = _Connection(
            parameters,
            on_open_error_callback=self._on_lost,
            on_close_callback=self._on_lost,
            custom_ioloop=self._loop,
        )
        try:
            self._channel = self._open_channel()
        except BaseException:
            self.drop()
            raise

    def declare(self, queue: Queue) -> None:
        """Makes a queue where there is none.

        ``QueueLockedError``, or ``LogError`` if it is there with other arguments.
        """
        self._ask(
            lambda done: self._channel.queue_declare(
                queue.name,
                durable=queue.durable,
                exclusive=queue.exclusive,
                arguments=dict(queue.arguments),
                callback=done,
            )
        )

    def publish(self, name: str, body: bytes) -> None:
        """Returns once the broker has confirmed the message.

        ``LineLostError``: it is in doubt. ``LogError``: it is too large for this broker.
        """
        # Mandatory: otherwise a message to a queue that doesn't exist is confirmed and gone.
        self._publish(name, body, mandatory=True)
        if self._returned:
            raise QueueMissingError(f"{self._place} has no queue {name}")

    def probe(self) -> None:
        """Returns once the broker has confirmed a message that nobody gets: it would take others, too.

        A broker that is short of resources says so only to who publishes. ``LineLostError``: it is, or
        it is gone.
        """
        self._publish(NOBODY, b"", mandatory=False)

    def send(self, name: str, body: bytes) -> None:
        """Hands a message over that may be lost. It leaves while the line is listened to."""
        if self._lost is not None:
            raise self._lost
        if not self._blocked:  # a broker that takes nothing now would have it kept here
            self._channel.basic_publish("", name, body, mandatory=True)

    def forget_returned(self) -> bool:
        """Whether a message has come back since this was asked last: there was no queue for it."""
        returned, self._returned = self._returned, False
        return returned

    @property
    def descriptor(self) -> int:
        """Becomes readable when there is something to do for ``listen``, be it to read or to write."""
        descriptor: int = self._loop._poller._poll.fileno()  # noqa: SLF001 (an epoll; pika tells it nowhere)
        return descriptor

    def take_from(self, name: str, take: Callable[[bytes], None]) -> None:
        """Has every message of a queue that is no stream delivered to ``take``, once, for good or for bad."""

        def deliver(
            _channel: Channel, _method: spec.Basic.Deliver, _properties: pika.BasicProperties, body: bytes
        ) -> None:
            take(body)

        self._ask(
            lambda done: self._channel.basic_consume(
                name, deliver, auto_ack=True, exclusive=True, callback=done
            )
        )

    def consume(self, name: str, offset: int | str, prefetch: int, take: Callable[[Message], None]) -> str:
        """Has messages of a stream delivered to ``take`` from now on, ``prefetch`` ahead of ``acknowledge``.

        Returns the consumer's tag. The line is lost when the broker cancels it (the queue is gone).
        """

        def deliver(
            _channel: Channel, method: spec.Basic.Deliver, properties: pika.BasicProperties, body: bytes
        ) -> None:
            take(Message(int(properties.headers["x-stream-offset"]), method.delivery_tag, body))

        self._limit_prefetch(prefetch)
        tags: list[str] = []
        self._ask(
            lambda done: tags.append(
                self._channel.basic_consume(
                    name, deliver, arguments={"x-stream-offset": offset}, callback=done
                )
            )
        )
        return tags[0]

    def acknowledge(self, tag: int, *, all_before: bool) -> None:
        """Makes room for as many messages as are acknowledged."""
        if self._lost is None:
            self._channel.basic_ack(tag, multiple=all_before)

    def peek(self, name: str, offset: str, seconds: float | None = None) -> list[Message]:
        """The ``"first"`` message of a stream, or at least the first of its ``"last"`` chunk, in order.

        Empty if nothing came in time. Afterwards everything that the broker had for the line's other
        consumers when it answered has been delivered, as far as they have room.
        """
        seen: list[Message] = []
        consumer = self.consume(name, offset, 1, seen.append)
        if not self.listen(lambda: bool(seen), ANSWER_S_MAX if seconds is None else seconds):
            return []
        # Only when its last message has arrived may a consumer be cancelled: pika would reject what
        # comes later, and a stream answers that by closing the connection.
        self._limit_prefetch(1)
        self._ask(lambda done: self._channel.basic_cancel(consumer, callback=done))
        for message in seen:
            self.acknowledge(message.tag, all_before=False)
        return seen

    def check(self) -> None:
        """Takes in what is here already (and lets the broker know that this end lives).

        Raises what the line was lost by.
        """
        self.listen(lambda: False, 0)
        if self._lost is not None:
            raise self._lost

    def listen(self, until: Callable[[], bool], seconds: float) -> bool:
        """Takes in what arrives until the condition holds (True) or the time is over (False)."""
        if self._lost is not None:
            raise self._lost
        self._run(lambda: self._lost is not None or until(), seconds)
        if until():
            return True
        if self._lost is not None:
            raise self._lost
        return False

    def wait(self, until: Callable[[], bool], seconds: float | None = None) -> None:
        """Like ``listen``, but the condition must come true in time: otherwise the line is lost."""
        seconds = ANSWER_S_MAX if seconds is None else seconds
        if not self.listen(until, seconds):
            raise self._lose(f"has not answered for {seconds:g} s")

    def close(self) -> None:
        """Ends the connection in order, which frees its locks before this returns. May be called twice.

        A broker that takes no messages doesn't listen to a goodbye either.
        """
        if self._connection.is_open and not self._blocked:
            self._connection.close()
            self._run(lambda: self._connection.is_closed, CLOSE_S_MAX)
        self.drop()

    def drop(self) -> None:
        """Ends the connection at once, whatever state it is in."""
        if not self._connection.is_closed:
            self._connection.abandon()
            self._run(lambda: self._connection.is_closed, CLOSE_S_MAX)
        self._lost = self._lost or LineLostError(f"the connection to {self._place} was closed here")
        self._loop.close()

    def _run(self, until: Callable[[], bool], seconds: float) -> None:
        """Runs pika until the condition holds or the time is over, but takes in what is here already."""
        deadline = time.monotonic() + seconds
        alarm = self._loop.call_later(seconds, _nothing)
        while not until():
            self._loop.poll()
            self._loop.process_timeouts()
            if time.monotonic() >= deadline:
                break
        self._loop.remove_timeout(alarm)

    def _open_channel(self) -> Channel:
        opened: list[Channel] = []
        self.wait(lambda: self._connection.is_open, CONNECT_S_MAX)
        self._connection.add_on_connection_blocked_callback(self._on_blocked)
        self._connection.add_on_connection_unblocked_callback(self._on_unblocked)
        self._connection.channel(on_open_callback=opened.append)
        self.wait(lambda: bool(opened), CONNECT_S_MAX)
        (channel,) = opened
        channel.add_on_close_callback(self._on_channel_closed)
        channel.add_on_cancel_callback(self._on_cancelled)
        channel.add_on_return_callback(self._on_returned)
        return channel

    def _publish(self, name: str, body: bytes, *, mandatory: bool) -> None:
        if not self._confirms:
            self._ask(lambda done: self._channel.confirm_delivery(self._on_confirmed, callback=done))
            self._confirms = True
        if self._lost is not None:
            raise self._lost
        self._published += 1
        self._channel.basic_publish("", name, body, _PERSISTENT, mandatory=mandatory)
        self.wait(lambda: self._confirmed == self._published or bool(self._blocked))
        if self._confirmed != self._published:
            raise self._lose(f"takes no messages now: {self._blocked}")

    def _limit_prefetch(self, count: int) -> None:
        """For consumers to come; all that was on its way to the others arrives before the answer."""
        self._ask(lambda done: self._channel.basic_qos(prefetch_count=count, callback=done))

    def _ask(self, request: Callable[[Callable[[object], None]], object]) -> None:
        """Has the broker do something, and waits until it says that it has."""
        answers: list[object] = []
        if self._lost is not None:
            raise self._lost
        request(answers.append)
        self.wait(lambda: bool(answers))

    def _lose(self, reason: str) -> LogError:
        self._lost = self._lost or LineLostError(f"{self._place} {reason}")
        return self._lost

    def _on_lost(self, _connection: object, error: BaseException) -> None:
        reason = _reason_of(error)
        if reason.startswith(_ACCESS_REFUSED):
            self._lost = LogError(f"{self._place} refuses the login of CREDENCE_LOG: {reason}")
        else:
            self._lose(f"can't be reached: {reason}")

    def _on_channel_closed(self, _channel: Channel, error: Exception) -> None:
        if isinstance(error, exceptions.ChannelClosedByBroker):
            text = error.reply_text
            kind = next((kind for start, kind in _REFUSALS if text.startswith(start)), LineLostError)
            self._lost = self._lost or kind(f"{self._place} refuses: {text}")
        else:
            self._lose(f"can't be reached: {_reason_of(error)}")

    def _on_cancelled(self, *_: object) -> None:
        self._lose("has cancelled a consumer: its queue is gone")

    def _on_confirmed(self, frame: Method[spec.Basic.Ack | spec.Basic.Nack]) -> None:
        if isinstance(frame.method, spec.Basic.Ack):
            self._confirmed = frame.method.delivery_tag
        else:
            self._lose("could not store the message")

    def _on_returned(self, *_: object) -> None:
        self._returned = True

    def _on_blocked(self, _connection: object, frame: Method[spec.Connection.Blocked]) -> None:
        self._blocked = frame.method.reason or "it is short of resources"

    def _on_unblocked(self, *_: object) -> None:
        self._blocked = ""


class _Connection(pika.SelectConnection):
    def abandon(self) -> None:
        """Ends the connection without a word to the broker, as if it were lost."""
        self._terminate_stream(exceptions.StreamLostError("the connection was given up"))


def _parameters(url: str) -> pika.URLParameters:
    """What the URL says; a heartbeat that it names counts. Its password must not get into the error."""
    try:
        parameters = pika.URLParameters(url)
    except (ValueError, TypeError):
        raise LogError(
            "CREDENCE_LOG is not a broker's URL: amqp://name:password@host:port/virtual_host is expected"
        ) from None
    parameters.socket_timeout = parameters.stack_timeout = CONNECT_S_MAX
    if parameters.heartbeat is None:
        parameters.heartbeat = HEARTBEAT_S
    return parameters


def _reason_of(error: BaseException) -> str:
    """What is at the bottom of pika's exceptions, which hold each other in three ways."""
    while True:
        match error:
            case AMQPConnectionWorkflowFailed():
                error = error.exceptions[-1]
            case AMQPConnectorPhaseErrorBase():
                error = error.exception
            case exceptions.AMQPConnectionError(args=(BaseException() as inner,)):
                error = inner
            case exceptions.ConnectionClosed():
                return error.reply_text
            case OSError():
                return error.strerror or str(error)
            case _:
                return str(error.args[0]) if error.args else type(error).__name__


def _nothing() -> None:
    """Only wakes the loop up."""
