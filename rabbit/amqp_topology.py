"""Owns what the log declares at a broker: every queue's name and arguments, in one table.

Never talks to a broker.
Called by rabbit/amqp.py, its readers and writers; for operators it is the list of what is theirs to keep.

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


class Queue(NamedTuple):
    """A queue as it is declared."""

    name: str
    durable: bool
    exclusive: bool
    arguments: Mapping[str, str | int]


STREAM: Final[Mapping[str, str | int]] = {"x-queue-type": "stream"}

TOPOLOGY: Final = {
    # The log's description, as the first message.
    "description": Queue("credence.description", durable=True, exclusive=False, arguments=STREAM),
    # A stream of records, after a first message that marks its beginning.
    "stream": Queue("credence.stream.{stream}", durable=True, exclusive=False, arguments=STREAM),
    # Holds nothing: it is the lock of the stream's writer, and goes with the writer's connection.
    "writer": Queue("credence.writer.{stream}", durable=False, exclusive=True, arguments={}),
    # The same for whoever initialises the log.
    "initialiser": Queue("credence.initialiser", durable=False, exclusive=True, arguments={}),
}

BEGINNING: Final = b"credence: here begins a stream"
"""The first message of a stream. The end of an empty stream can't be told from a slow broker, so none is."""


def queue(kind: str, stream: str = "") -> Queue:
    """The queue of this kind, for a stream where the kind has one for each."""
    pattern = TOPOLOGY[kind]
    return pattern._replace(name=pattern.name.format(stream=stream))
