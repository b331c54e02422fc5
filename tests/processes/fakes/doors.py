"""Owns a door without a broker: what is said at it is noted, what is heard at it is what the test put there.

Never loses anything by itself.
Called by the tests of the lendable host and of the away host.
"""

from actors.processes.door_messages import FromAway, FromHome, encode
from rabbit.door import Door
from rabbit.log import LogUnavailableError


class FakeDoor(Door):
    """One side, open. ``broken``: the broker is lost."""

    def __init__(self) -> None:
        self.said: list[bytes] = []
        self.to_hear: list[bytes] = []
        self.broken = False
        self.closed = False
        self.unanswered = False

    @property
    def descriptor(self) -> int:
        return 7

    @property
    def is_unanswered(self) -> bool:
        return self.unanswered

    def bring(self, *messages: FromAway | FromHome) -> None:
        """What the next ``receive`` gives."""
        self.to_hear += [encode(message) for message in messages]

    def send(self, message: bytes) -> None:
        self._check()
        self.said.append(message)

    def receive(self, seconds: float) -> list[bytes]:
        self._check()
        received, self.to_hear = self.to_hear, []
        return received

    def close(self) -> None:
        self.closed = True

    def _check(self) -> None:
        if self.broken:
            raise LogUnavailableError("the broker is gone")
