"""Owns what the log declares at a broker: every queue's name and arguments, in one table.

Never talks to a broker.
Called by rabbit/amqp.py, its readers and writers, and by rabbit/door.py; it is the operators' list, too.

A virtual host holds one log. **Retention is off**: no stream is given ``x-max-age`` or
``x-max-length-bytes``, so a broker keeps every record for ever. Whoever wants it otherwise sets a policy at
the broker (``rabbitmqctl set_policy``); then only what is in snapshots can be recovered, and who needs a
record that is gone is stopped by a ``LogCorruptError`` that says so. Streams on three nodes, which also
survive the loss of a machine, need no more than a cluster: a stream has a replica on every node.

The broker must take messages of ``limits.RECORD_BYTES_MAX``; from RabbitMQ 4.0 on that has to be configured
(``max_message_size = 134217728``), and initialising a log tries it.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from actors.machines import limits


class Queue(NamedTuple):
    """A queue as it is declared."""

    name: str
    durable: bool
    exclusive: bool
    arguments: Mapping[str, str | int]


STREAM: Final[Mapping[str, str | int]] = {"x-queue-type": "stream"}
DOOR: Final[Mapping[str, str | int]] = {
    "x-max-length": 10_000,
    "x-max-length-bytes": 4 * limits.RECORD_BYTES_MAX,
}
"""A reader that has stopped costs the broker no more than this; what is dropped is sent again."""

TOPOLOGY: Final = {
    # The log's description, as the first message.
    "description": Queue("credence.description", durable=True, exclusive=False, arguments=STREAM),
    # A stream of records, after a first message that marks its beginning.
    "stream": Queue("credence.stream.{stream}", durable=True, exclusive=False, arguments=STREAM),
    # Holds nothing: it is the lock of the stream's writer, and goes with the writer's connection.
    "writer": Queue("credence.writer.{stream}", durable=False, exclusive=True, arguments={}),
    # The same for whoever initialises the log.
    "initialiser": Queue("credence.initialiser", durable=False, exclusive=True, arguments={}),
    # The two ends of the door (rabbit/door.py) of a stream: what is for the exchange's tree, and what is for
    # the host that works on the stream elsewhere. Each goes with the connection of who reads it.
    "home": Queue("credence.home.{stream}", durable=False, exclusive=True, arguments=DOOR),
    "away": Queue("credence.away.{stream}", durable=False, exclusive=True, arguments=DOOR),
}

BEGINNING: Final = b"credence: here begins a stream"
"""The first message of a stream. The end of an empty stream can't be told from a slow broker, so none is."""

NOBODY: Final = "credence.nobody"
"""There is no such queue: what goes there shows whether the broker takes messages, and is thrown away."""


def queue(kind: str, stream: str = "") -> Queue:
    """The queue of this kind, for a stream where the kind has one for each."""
    pattern = TOPOLOGY[kind]
    return pattern._replace(name=pattern.name.format(stream=stream))
