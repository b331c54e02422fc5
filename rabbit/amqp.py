"""Owns the log at a RabbitMQ broker: a stream for each stream of the log, one more for its description.

Never keeps a connection itself, so it may be handed to threads and processes; makes queues only when told to
initialise, and never shows the URL, which holds a password.
Called through rabbit.open by hosts and followers.

What "durable" means: a confirmed record survives the death of any process, the broker included. A stream is
not synchronised to the disk at each record, so it takes a cluster of three to survive a machine's power.
"""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Final

from actors.machines import limits
from rabbit.amqp_line import Line, QueueLockedError, QueueMissingError
from rabbit.amqp_reader import AmqpReader
from rabbit.amqp_topology import BEGINNING, queue
from rabbit.amqp_writer import AmqpStore
from rabbit.chain import Chain
from rabbit.description import (
    Description,
    decode,
    encode,
    identity_for,
    new_description,
    require_names,
    require_streams,
    with_added,
)
from rabbit.log import LogLockedError, LogUnavailableError, Position, Reader, Writer
from rabbit.writing import ChainFrom, StoreWriter

DESCRIPTION_S_MAX: Final = 1.0
"""A description that has not come for so long may not be there: the log is half made."""
INITIALISE_S_MAX: Final = 15.0
RETRY_S: Final = 0.05

_WHERE: Final = "at the broker of CREDENCE_LOG"


class _UnseenDescriptionError(LogUnavailableError):
    """There is a place for the description, but nothing came from there in time."""


class AmqpLog:
    """A ``rabbit.log.Log`` at a broker. Its readers and writers belong to the thread that made them."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._described: Description | None = None
        """What was found when a stream was first used: a log that exists does not change."""

    def initialise(self, streams: tuple[str, ...], older: tuple[str, ...] = ()) -> None:
        require_names(streams)
        with self._only_initialiser() as line:
            try:
                description = self._description()
            except _UnseenDescriptionError:
                description = None
            description = description or self._make(line, streams)
            if description.streams != streams and description.streams == older:
                description = self._add(line, description, streams)
        require_streams(description, streams, _WHERE)

    def streams(self) -> tuple[str, ...]:
        description = self._description()
        return () if description is None else description.streams

    def writer(self, stream: str) -> Writer:
        chain_from = self._chain_from(stream)
        store = AmqpStore(self._url, stream)
        try:
            return StoreWriter(stream, store, chain_from)
        except BaseException:
            store.close()
            raise

    def reader(self, stream: str) -> Reader:
        return AmqpReader(self._url, stream, self._chain_from(stream))

    def _chain_from(self, stream: str) -> ChainFrom:
        self._described = self._described or self._description()
        identity = identity_for(self._described, stream, _WHERE)

        def chain_from(after: Position) -> Chain:
            return Chain(identity, stream, after, fenced=False)

        return chain_from

    def _description(self) -> Description | None:
        """The first one that was published, whoever else wanted to make the log; the newest of that log."""
        name = queue("description").name
        with closing(Line(self._url, "description")) as line:
            try:
                first = line.peek(name, "first", DESCRIPTION_S_MAX)
                newest = line.peek(name, "last", DESCRIPTION_S_MAX) if first else []
            except QueueMissingError:
                return None
        if not newest:
            raise _UnseenDescriptionError(f"the log {_WHERE} has not shown its description: is it half made?")
        made = decode(first[0].body, f"the first message of {name}")
        now = decode(newest[-1].body, f"the last message of {name}")
        return now if now.log == made.log else made

    def _make(self, line: Line, streams: tuple[str, ...]) -> Description:
        """The description comes last: before it there is no log.

        To make all again never does harm: of two descriptions the first counts, and a second beginning
        of a stream is passed over.
        """
        line.publish(queue("initialiser").name, bytes(limits.RECORD_BYTES_MAX))
        return self._describe(line, new_description(streams), streams)

    def _add(self, line: Line, old: Description, streams: tuple[str, ...]) -> Description:
        """Makes the missing streams; the description that names them comes last, here, too."""
        missing = tuple(stream for stream in streams if stream not in old.streams)
        return self._describe(line, with_added(old, streams), missing)

    def _describe(self, line: Line, description: Description, made: tuple[str, ...]) -> Description:
        for stream in made:
            line.declare(queue("stream", stream))
            line.publish(queue("stream", stream).name, BEGINNING)
        line.declare(queue("description"))
        line.publish(queue("description").name, encode(description))
        found = self._description()
        assert found is not None, "its queue has just been declared"
        return found

    @contextmanager
    def _only_initialiser(self) -> Iterator[Line]:
        """A line that holds the lock on initialising, waited for while somebody else is at it."""
        deadline = time.monotonic() + INITIALISE_S_MAX
        while True:
            with closing(Line(self._url, "initialiser")) as line:
                try:
                    line.declare(queue("initialiser"))
                except QueueLockedError as error:
                    if time.monotonic() > deadline:
                        raise LogLockedError(f"somebody else is initialising the log {_WHERE}") from error
                else:
                    yield line
                    return
            time.sleep(RETRY_S)
