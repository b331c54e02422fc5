"""Owns the door of a stream: the way between the exchange's tree and a host elsewhere, over queues.

Never promises that a message arrives, and never knows what it means.
Called by the tree's host of a stream (``at_home``) and by the host that works on it elsewhere (``away``).

A side is one connection with one queue, which is exclusive: at each side there is one process at most, and
when it ends, however it ends, its queue goes with it and what is sent to it comes back.
"""

from typing import Final, Self

from rabbit.amqp_line import Line
from rabbit.amqp_topology import queue

HOME: Final = "home"
AWAY: Final = "away"


class Door:
    """One side of a stream's door. It belongs to the thread that made it.

    All methods raise ``LogUnavailableError`` once the broker is lost: then this side is to be closed, and
    opened anew. Birth also raises ``LogLockedError`` if another process has this side.
    """

    def __init__(self, url: str, stream: str, side: str, other: str) -> None:
        self._received: list[bytes] = []
        self._unanswered = False
        self._other = queue(other, stream).name
        self._line = Line(url, f"door of {stream}, {side}")
        try:
            self._line.declare(queue(side, stream))
            self._line.take_from(queue(side, stream).name, self._received.append)
        except BaseException:
            self._line.close()
            raise

    @classmethod
    def at_home(cls, url: str, stream: str) -> Self:
        return cls(url, stream, HOME, AWAY)

    @classmethod
    def away(cls, url: str, stream: str) -> Self:
        return cls(url, stream, AWAY, HOME)

    @property
    def descriptor(self) -> int:
        """Becomes readable when ``receive`` has something to do, be it to take in or to send out."""
        return self._line.descriptor

    @property
    def is_unanswered(self) -> bool:
        """Whether a message has come back and nothing was heard since: there is nobody at the other side."""
        return self._unanswered

    def send(self, message: bytes) -> None:
        """Hands a message over; it leaves in the next ``receive`` (or in ``close``)."""
        self._line.send(self._other, message)

    def receive(self, seconds: float) -> list[bytes]:
        """What has come; waits up to ``seconds`` for the first."""
        self._line.listen(lambda: bool(self._received), seconds)
        received = self._received.copy()
        self._received.clear()
        returned = self._line.forget_returned()
        self._unanswered = not received and (returned or self._unanswered)
        return received

    def close(self) -> None:
        """Ends this side; what was handed over still leaves. May be called twice."""
        self._line.close()
