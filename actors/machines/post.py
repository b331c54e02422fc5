"""Owns the numbered post of one stream: what it sent and nobody acknowledged, and what it has taken.

Never loses or doubles a message once both sides' records are durable, whatever the carrier does.
Called by the turn; the host shells carry the letters and decide when to send them again.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from itertools import islice

from actors.machines.canonical import canonical_hash
from actors.machines.messages.letters import Letter
from actors.machines.messages.posted import Posted
from actors.machines.messages.record import Sent


class Outgoing:
    """Messages to one destination that it has not acknowledged; the oldest has number ``first``."""

    __slots__ = ("first", "messages")

    def __init__(self) -> None:
        self.first = 1
        self.messages: deque[Posted] = deque()

    @property
    def next_number(self) -> int:
        return self.first + len(self.messages)

    def drop_to(self, number: int) -> None:
        """The destination has logged everything up to this number."""
        for _ in range(min(number + 1 - self.first, len(self.messages))):
            self.messages.popleft()
            self.first += 1


class Post:
    """Both directions of a stream's post."""

    __slots__ = ("cursors", "name", "outgoing")

    def __init__(self, name: str) -> None:
        self.name = name
        self.cursors: dict[str, int] = {}
        """Source stream -> number of the last message taken from it."""
        self.outgoing: dict[str, Outgoing] = {}

    def fresh(self, letter: Letter) -> tuple[Posted, ...]:
        """The messages of a letter that were not taken yet; none if some before them are missing."""
        taken = self.cursors.get(letter.source, 0)
        if letter.first > taken + 1:
            return ()
        return letter.messages[taken + 1 - letter.first :]

    def take(self, source: str) -> None:
        """One more message of this source is taken."""
        self.cursors[source] = self.cursors.get(source, 0) + 1

    def send(self, messages: Iterable[tuple[str, Posted]]) -> None:
        """Numbers the messages, each behind those sent to its destination before."""
        for destination, message in messages:
            outgoing = self.outgoing.get(destination)
            if outgoing is None:
                outgoing = self.outgoing[destination] = Outgoing()
            outgoing.messages.append(message)

    def hear(self, destination: str, number: int) -> bool:
        """The destination acknowledges up to this number; says whether that was news."""
        outgoing = self.outgoing.get(destination)
        if outgoing is None or number < outgoing.first:
            return False
        outgoing.drop_to(number)
        return True

    def numbers(self) -> dict[str, int]:
        """Destination -> the number that its next message will get."""
        return {destination: outgoing.next_number for destination, outgoing in self.outgoing.items()}

    def sent_since(self, before: Mapping[str, int]) -> dict[str, Sent]:
        """What was sent since ``numbers()`` gave ``before``."""
        sent = {}
        for destination, outgoing in self.outgoing.items():
            first = before.get(destination, 1)
            count = outgoing.next_number - first
            if count:
                newest = tuple(islice(reversed(outgoing.messages), count))
                sent[destination] = Sent(first, newest[::-1])
        return sent

    def state_hash(self) -> str:
        """Over what the log determines: how far acknowledgements were heard is only logged now and then."""
        return canonical_hash((self.cursors, self.numbers()))

    def replay(self, cursors: Mapping[str, int], sent: Mapping[str, Sent], heard: Mapping[str, int]) -> None:
        """Evolves by what a record says of the post."""
        self.cursors.update(cursors)
        for destination, batch in sent.items():
            outgoing = self.outgoing.setdefault(destination, Outgoing())
            assert batch.first == outgoing.next_number, (
                f"{self.name} -> {destination}: {batch.first} is out of turn"
            )
            outgoing.messages.extend(batch.messages)
        for destination, number in heard.items():
            self.hear(destination, number)

    def letter(self, destination: str, after: int, limit: int, sequence: int) -> Letter:
        """Unacknowledged messages numbered above ``after``, at most ``limit`` of them, maybe none."""
        outgoing = self.outgoing.get(destination) or Outgoing()
        skip = max(0, after + 1 - outgoing.first)
        messages = tuple(islice(outgoing.messages, skip, skip + limit))
        acknowledged = self.cursors.get(destination, 0)
        return Letter(self.name, destination, outgoing.first + skip, messages, acknowledged, sequence)
