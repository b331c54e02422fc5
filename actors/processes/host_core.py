"""Owns one stream at work: its writer, its turns, and which letters go when.

Never sends (letters are fetched from it), never sleeps, knows nothing of Thespian.
Called by the host's actor shell (processes) and by the local exchange (one thread, any clock).
"""

from collections import defaultdict
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from actors.machines import limits
from actors.machines.messages import record
from actors.machines.messages.answers import Answer, Reply
from actors.machines.messages.commands import Asked
from actors.machines.messages.letters import Letter
from actors.machines.stream.state import Reading
from actors.machines.streams import Streams
from actors.machines.turn import Problem, Ticket
from actors.processes.host_window import ACKNOWLEDGE_AFTER_US, Window
from actors.processes.recovery import recovered
from actors.processes.snapshots import Snapshots
from rabbit.log import Log


@dataclass(slots=True)
class Outcome:
    """What a turn came to, now that it is durable: whom to answer what, and problems to report."""

    answers: list[tuple[Ticket, Answer | Reply]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


class HostCore:
    """A stream, its log and its post. After any exception it is dead; only a new one may go on.

    ``clock`` gives the time of records (microseconds since 1970). ``now``, which most methods take, is
    microseconds of a clock that never jumps; it only drives repeats and acknowledgements.
    """

    def __init__(
        self,
        name: str,
        streams: Streams,
        log: Log,
        clock: Callable[[], int],
        snapshots: Snapshots | None = None,
    ) -> None:
        """Takes the stream's lock and recovers, from a snapshot if there is one; raises what the log raises.

        ``LogCorruptError`` also for a log that doesn't reach to the snapshot, or isn't the one it is of.
        """
        self.name = name
        self._clock = clock
        self._windows: defaultdict[str, Window] = defaultdict(Window)
        self._alive = False
        self._writer = log.writer(name)
        try:
            replica = recovered(name, streams, snapshots, self._writer)
        except BaseException:
            self._writer.close()
            raise
        self._stream = replica.state
        self._sequence, self._time = replica.position.sequence, replica.time
        self._turned = (0, 0)
        """When the last turn was, by both clocks: the wall's, and the one that never jumps."""
        self._recovered_from = replica.begun_at
        self._alive = True

    @property
    def recovered_from(self) -> int:
        """The record as of which a snapshot was taken that recovery began with; 0: the whole log was read."""
        return self._recovered_from

    @property
    def sequence(self) -> int:
        """The stream's last record."""
        return self._sequence

    @property
    def state_hash(self) -> str:
        """The digest of the stream's whole state."""
        return self._stream.state_hash()

    def due(self, busy: Container[str] = ()) -> int | None:
        """When ``tick`` has to be called if nothing else happens before; None: no need.

        What is due to streams that are ``busy`` doesn't count: it can't be sent now.
        """
        windows = [window.due for name, window in self._windows.items() if name not in busy]
        return min((due for due in (*windows, self._timers_due()) if due is not None), default=None)

    def take(
        self,
        asks: Sequence[tuple[Ticket, Asked]],
        letters: Sequence[Letter],
        now: int,
        read: Sequence[Reading] = (),
        *,
        say_read: bool = False,
    ) -> Outcome:
        """One turn: what was asked, came by post and was read is decided, made durable, then answered."""
        assert self._alive, "a host core that failed must not go on"
        self._alive = False
        outcome = Outcome()
        self._turn(asks, letters, outcome, now, read, say_read=say_read)
        while (own := self._letter_to_itself(now)) is not None:
            self._turn((), [own], outcome, now)
        self._alive = True
        return outcome

    def tick(self, now: int) -> Outcome:
        """Takes back what is to be repeated; after recovery also what the stream had to tell itself."""
        for window in self._windows.values():
            window.repeat_if_due(now)
        return self.take((), (), now)

    def letters(self, now: int, busy: Container[str] = ()) -> list[Letter]:
        """What is to be sent now, at most one letter to each stream, none to those that are ``busy``.

        To be called again when a letter is on its way: what has gathered meanwhile goes as one. All in
        it is durable.
        """
        assert self._alive, "a host core that failed must not go on"
        letters = (self._letter_to(name, now) for name in self._correspondents() if name not in busy)
        return [letter for letter in letters if letter is not None]

    def peer_restarted(self, name: str) -> None:
        """Another stream has a new host: what it may have lost is to be sent again at once."""
        self._windows[name].peer_restarted()

    def keep_alive(self) -> None:
        """To be called every second: a log may give the lock of a silent writer to somebody else."""
        assert self._alive, "a host core that failed must not go on"
        self._alive = False
        self._writer.keep_alive()
        self._alive = True

    def close(self) -> None:
        """Gives the stream's lock back."""
        self._alive = False
        self._writer.close()

    def _turn(
        self,
        asks: Sequence[tuple[Ticket, Asked]],
        letters: Sequence[Letter],
        outcome: Outcome,
        now: int,
        read: Sequence[Reading] = (),
        *,
        say_read: bool = False,
    ) -> None:
        for letter in letters:
            assert letter.destination == self.name, f"a letter to {letter.destination} came to {self.name}"
            window = self._windows[letter.source]
            window.acknowledged(letter.acknowledged, now)
            if letter.messages:
                window.arrived(now)
        # Whatever clocks say, an effect has a later time than its cause: who reads several logs counts on it.
        causes = [letter.time + 1 for letter in letters if letter.messages]
        wall = self._clock()
        self._time = max(self._time, wall, *causes)
        self._turned = (wall, now)
        turn = self._stream.turn(asks, letters, self._time, self._sequence + 1, read, say_read=say_read)
        if turn.body is not None:
            entry = self._writer.append(record.encode(turn.body), self._time)
            assert entry.sequence == self._sequence + 1, "the log and its only writer disagree"
            self._sequence = entry.sequence
        outcome.answers.extend(turn.answers)
        outcome.problems.extend(turn.problems)

    def _timers_due(self) -> int | None:
        """When to look for what the stream does by itself, as the last turn saw it coming.

        Never far away: records have the time of the wall clock, and that may be set. Where it was set back,
        records stand still until it has caught up: so it is the wall clock that is waited for.
        """
        due_time = self._stream.due_time
        if due_time is None:
            return None
        wall, now = self._turned
        if due_time <= self._time:
            return now  # more than one turn does
        return now + min(due_time - wall, limits.TIMERS_LOOK_AGAIN_US)

    def _correspondents(self) -> list[str]:
        """Every stream that something may have to go to; itself is served within the turn."""
        outgoing = self._stream.post.outgoing
        names = dict.fromkeys(name for name, unheard in outgoing.items() if unheard.messages)
        names.update(dict.fromkeys(self._windows))
        names.pop(self.name, None)
        return list(names)

    def _letter_to(self, destination: str, now: int) -> Letter | None:
        window = self._windows[destination]
        if window.is_open:
            letter = self._letter(destination, limits.MESSAGES_PER_LETTER_MAX)
            if letter.messages:
                window.left(letter.first + len(letter.messages) - 1, now)
                return letter
        if window.owes_acknowledgement(now):
            window.acknowledgement_left()
            return self._letter(destination, 0)
        return None

    def _letter_to_itself(self, now: int) -> Letter | None:
        # It is acknowledged at once: there is no way that waiting for another letter could save.
        return self._letter_to(self.name, now + ACKNOWLEDGE_AFTER_US)

    def _letter(self, destination: str, messages_max: int) -> Letter:
        after = self._windows[destination].sent
        letter = self._stream.post.letter(destination, after, messages_max, self._sequence)
        return replace(letter, time=self._time)
