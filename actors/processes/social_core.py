"""Owns a social stream at work: a host's core that also follows the logs of trading.

Never writes a log but its own, and never slows who writes the others.
Called by the social host's actor shell and by the local exchange.

A record says how far other logs were read and letters were taken, but not in which order. So there is one
order only, and who reads the record knows it: what was read comes before letters, records by their times (of
one time by their streams), letters by their sources. Where the logs don't come in that order, what was read
before is said in a record of its own.
"""

from collections.abc import Callable, Sequence
from operator import attrgetter

from actors.machines import limits
from actors.machines.messages.commands import Asked
from actors.machines.messages.letters import Letter
from actors.machines.stream.social import Social
from actors.machines.stream.state import Reading
from actors.machines.streams import Streams
from actors.machines.turn import Ticket
from actors.processes.host_core import HostCore, Outcome
from actors.processes.snapshots import Snapshots
from actors.processes.social_reading import LogsInOrder
from rabbit.log import Log


class SocialCore(HostCore):
    """A social stream, its log and its post, and how far it has followed the others."""

    def __init__(
        self,
        name: str,
        streams: Streams,
        log: Log,
        clock: Callable[[], int],
        snapshots: Snapshots | None = None,
    ) -> None:
        super().__init__(name, streams, log, clock, snapshots)
        social = self._stream.machines
        assert isinstance(social, Social), f"{name} is no social stream"
        try:
            self._logs = LogsInOrder(streams.trading_names, log.reader, social.read)
        except BaseException:
            super().close()
            raise

    def take(
        self,
        asks: Sequence[tuple[Ticket, Asked]],
        letters: Sequence[Letter],
        now: int,
        read: Sequence[Reading] = (),
        *,
        say_read: bool = False,
    ) -> Outcome:
        assert not (letters and read), "what was read comes before letters, in a turn of its own"
        letters = sorted(letters, key=attrgetter("source"))
        return super().take(asks, letters, now, read, say_read=say_read)

    def follow(self, now: int) -> tuple[int, Outcome]:
        """One turn with what is new in the logs of trading: how much was taken, and what it came to.

        It is counted in events, at least one a record.
        """
        in_order, read = self._logs.take(limits.EVENTS_READ_PER_TURN_MAX)
        if not read:
            return 0, Outcome()
        if not in_order:
            self.take((), (), now, say_read=True)
        taken = sum(max(1, len(reading.events)) for reading in read)
        return taken, self.take((), (), now, read)

    def close(self) -> None:
        super().close()
        self._logs.close()
