"""Owns a network of host cores whose post the test holds in its hands: it delivers, loses, doubles, delays.

Never delivers anything by itself; time stands still until the test moves it.
Called by the tests of the host core.
"""

from itertools import count

from actors.machines.messages.answers import Answer, OrderResult, Reply
from actors.machines.messages.commands import Asked
from actors.machines.messages.letters import Letter
from actors.machines.streams import Streams
from actors.machines.turn import Problem
from actors.processes.gateway_core import stream_of
from actors.processes.host_core import HostCore, Outcome
from rabbit.log import Log, Position, Record
from rabbit.memory import MemoryLog

WALL_START = 1_767_225_600_000_000
QUIET_ROUNDS_MAX = 1_000


def order_of(answer: Answer | Reply) -> OrderResult:
    """The order that an answer to one command, or to a question, tells of."""
    result = answer.results[0] if isinstance(answer, Answer) else answer.result
    assert isinstance(result, OrderResult), result
    return result


class Network:
    """Cores by stream, letters under way in the order they were sent, answers by ticket."""

    def __init__(self, streams: Streams = Streams(), log: Log | None = None) -> None:
        self.streams = streams
        self.memory = MemoryLog()
        self.log = log or self.memory
        self.log.initialise(streams.names)
        self.now = 0
        self.set_back_us = 0
        """By how much somebody has set the wall clock back."""
        self.letters: list[Letter] = []
        self.answers: dict[str, list[Answer | Reply]] = {}
        self.problems: list[Problem] = []
        self.cores: dict[str, HostCore] = {}
        self._tickets = count()
        for name in streams.names:
            self.start(name)

    def wall(self) -> int:
        return WALL_START + self.now - self.set_back_us

    def start(self, name: str) -> None:
        self.cores[name] = HostCore(name, self.streams, self.log, self.wall)
        self._absorb(name, self.cores[name].tick(self.now))

    def kill(self, name: str) -> None:
        """The process is gone: its memory and its lock, not its log."""
        del self.cores[name]
        self.memory.free(name)

    def restart(self, name: str) -> None:
        """Kills and starts a host; the others learn its new address."""
        if name in self.cores:
            self.kill(name)
        self.start(name)
        for other, core in self.cores.items():
            if other != name:
                core.peer_restarted(name)
                self._fetch(core)

    def ask(self, asked: Asked, ticket: str = "test") -> None:
        name = stream_of(asked, self.streams)
        self._absorb(name, self.cores[name].take([(ticket, asked)], (), self.now))

    def deliver(self, index: int = 0) -> Letter:
        """Hands one of the letters under way to its host, if that runs."""
        letter = self.letters.pop(index)
        self.hand_over(letter)
        return letter

    def hand_over(self, letter: Letter) -> None:
        if letter.destination in self.cores:
            name = letter.destination
            self._absorb(name, self.cores[name].take((), [letter], self.now))

    def pass_time(self, microseconds: int) -> None:
        """Moves the clock, and lets every host do what is due."""
        self.now += microseconds
        for name, core in self.cores.items():
            due = core.due()
            if due is not None and due <= self.now:
                self._absorb(name, core.tick(self.now))

    def deliver_all(self) -> None:
        """Delivers in order until nothing is under way."""
        while self.letters:
            self.deliver()

    def settle(self) -> None:
        """Delivers and lets time pass until no host has anything to do: every message is acknowledged."""
        for _ in range(QUIET_ROUNDS_MAX):
            self.deliver_all()
            dues = [due for core in self.cores.values() if (due := core.due()) is not None]
            if not dues:
                return
            self.pass_time(max(0, min(dues) - self.now))
        raise AssertionError("the network does not come to rest")

    def answer(self, asked: Asked) -> Answer | Reply:
        """Asks, lets everything settle, and returns the one answer."""
        ticket = f"answer {next(self._tickets)}"
        self.ask(asked, ticket)
        self.settle()
        (answer,) = self.answers.pop(ticket)
        return answer

    def between(self, source: str, destination: str) -> list[Letter]:
        """The letters under way from one stream to another."""
        return [
            letter for letter in self.letters if (letter.source, letter.destination) == (source, destination)
        ]

    def records(self, stream: str) -> list[Record]:
        """All that a stream's log holds."""
        return self.memory.reader(stream).read(Position(), 1_000_000)

    def state_hashes(self) -> dict[str, str]:
        return {name: core.state_hash for name, core in self.cores.items()}

    def _fetch(self, core: HostCore) -> None:
        while letters := core.letters(self.now):
            self.letters.extend(letters)

    def _absorb(self, name: str, outcome: Outcome) -> None:
        self._fetch(self.cores[name])
        self.problems.extend(outcome.problems)
        for ticket, answer in outcome.answers:
            assert isinstance(ticket, str)
            self.answers.setdefault(ticket, []).append(answer)
