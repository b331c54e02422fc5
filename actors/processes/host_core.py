"""Owns one stream at work: its writer, its turns, and which letters go when.

Never sends (what is to be sent is returned), never sleeps, knows nothing of Thespian.
Called by the host's actor shell (processes) and by the local exchange (one thread, any clock).
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from actors.machines import limits
from actors.machines.messages import record
from actors.machines.messages.answers import Answer, Reply
from actors.machines.messages.commands import Asked
from actors.machines.messages.letters import Letter
from actors.machines.streams import Streams
from actors.machines.turn import Problem, Stream, Ticket
from actors.processes.host_window import ACKNOWLEDGE_AFTER_US, Window
from rabbit.log import Log


@dataclass(slots=True)
class Outcome:
    """What may leave the host now that it is durable: whom to answer what, letters, problems to report."""

    answers: list[tuple[Ticket, Answer | Reply]] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


class HostCore:
    """A stream, its log and its post. After any exception it is dead; only a new one may go on.

    ``clock`` gives the time of records (microseconds since 1970). ``now``, which most methods take, is
    microseconds of a clock that never jumps; it only drives repeats and acknowledgements.
    """

    def __init__(self, name: str, streams: Streams, log: Log, clock: Callable[[], int]) -> None:
        """Takes the stream's lock and recovers; raises what the log raises."""
        self.name = name
        self._clock = clock
        self._stream = Stream(name, streams)
        self._windows: defaultdict[str, Window] = defaultdict(Window)
        self._sequence = 0
        self._time = 0
        self._alive = False
        self._writer = log.writer(name)
        self._recover()

    @property
    def sequence(self) -> int:
        """The stream's last record."""
        return self._sequence

    @property
    def state_hash(self) -> str:
        """The digest of the stream's whole state."""
        return self._stream.state_hash()

    @property
    def due(self) -> int | None:
        """When ``tick`` has to be called if nothing else happens before; None: no need."""
        dues = (window.due for window in self._windows.values())
        return min((due for due in dues if due is not None), default=None)

    def take(self, asks: Sequence[tuple[Ticket, Asked]], letters: Sequence[Letter], now: int) -> Outcome:
        """One turn: what was asked and what came by post is decided, made durable, and only then answered."""
        assert self._alive, "a host core that failed must not go on"
        self._alive = False
        outcome = Outcome()
        self._turn(asks, letters, outcome, now)
        while own := self._letters_to(self.name, now):
            self._turn((), own, outcome, now)
        for destination in self._correspondents():
            outcome.letters.extend(self._letters_to(destination, now))
        self._alive = True
        return outcome

    def tick(self, now: int) -> Outcome:
        """Sends what is due: repeats, acknowledgements, and at first all that recovery left unsent."""
        for window in self._windows.values():
            window.repeat_if_due(now)
        return self.take((), (), now)

    def peer_restarted(self, name: str, now: int) -> Outcome:
        """Another stream has a new host: what it may have lost goes out again at once."""
        self._windows[name].peer_restarted()
        return self.take((), (), now)

    def close(self) -> None:
        """Gives the stream's lock back."""
        self._alive = False
        self._writer.close()

    def _recover(self) -> None:
        for entry in self._writer.recover():
            self._stream.replay(record.decode(entry.body))
            self._sequence = entry.sequence
            self._time = entry.time
        self._alive = True

    def _turn(
        self, asks: Sequence[tuple[Ticket, Asked]], letters: Sequence[Letter], outcome: Outcome, now: int
    ) -> None:
        for letter in letters:
            assert letter.destination == self.name, f"a letter to {letter.destination} came to {self.name}"
            window = self._windows[letter.source]
            window.acknowledged(letter.acknowledged, now)
            if letter.messages:
                window.arrived(now)
        self._time = max(self._time, self._clock())
        turn = self._stream.turn(asks, letters, self._time, self._sequence + 1)
        if turn.body is not None:
            entry = self._writer.append(record.encode(turn.body), self._time)
            assert entry.sequence == self._sequence + 1, "the log and its only writer disagree"
            self._sequence = entry.sequence
        outcome.answers.extend(turn.answers)
        outcome.problems.extend(turn.problems)

    def _correspondents(self) -> list[str]:
        """Every stream that something may have to go to; itself is served within the turn."""
        outgoing = self._stream.post.outgoing
        names = dict.fromkeys(name for name, unheard in outgoing.items() if unheard.messages)
        names.update(dict.fromkeys(self._windows))
        names.pop(self.name, None)
        return list(names)

    def _letters_to(self, destination: str, now: int) -> list[Letter]:
        window = self._windows[destination]
        letters: list[Letter] = []
        while window.has_room:
            letter = self._letter(destination, limits.MESSAGES_PER_LETTER_MAX)
            if not letter.messages:
                break
            window.left(letter.first + len(letter.messages) - 1, now)
            letters.append(letter)
        # A stream tells itself at once: there is no way that a later letter could save.
        patience = ACKNOWLEDGE_AFTER_US if destination == self.name else 0
        if window.owes_acknowledgement(now + patience):
            window.acknowledgement_left()
            letters.append(self._letter(destination, 0))
        return letters

    def _letter(self, destination: str, messages_max: int) -> Letter:
        after = self._windows[destination].sent
        return self._stream.post.letter(destination, after, messages_max, self._sequence)
