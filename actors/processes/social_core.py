"""Owns a social stream at work: a host's core that also follows the logs of trading.

Never writes a log but its own, and never slows who writes the others.
Called by the social host's actor shell and by the local exchange.
"""

from collections.abc import Callable

from actors.machines import limits
from actors.machines.stream.social import Social
from actors.machines.streams import Streams
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

    def follow(self, now: int) -> tuple[int, Outcome]:
        """One turn with what is new in the logs of trading: how much was taken, and what it came to.

        It is counted in events, at least one a record.
        """
        read = self._logs.take(limits.EVENTS_READ_PER_TURN_MAX)
        taken = sum(max(1, len(reading.events)) for reading in read)
        return taken, self.take((), (), now, read) if read else Outcome()

    def close(self) -> None:
        super().close()
        self._logs.close()
