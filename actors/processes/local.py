"""Owns the whole exchange in one thread: every host's core, the post between them, and a gateway to it.

Never starts a process, a thread or a timer; time is the given clock, so that a run repeats exactly.
Called by tests of resources, the simulator and the sandbox.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Final, Protocol

from actors.machines.messages.answers import Answer, Reply
from actors.machines.messages.commands import Asked, Question, RegisterMember, Request
from actors.machines.messages.letters import Letter
from actors.machines.streams import Streams
from actors.machines.turn import Problem
from actors.processes.gateway import OutcomeUnknownError, UnavailableError
from actors.processes.gateway_core import Answered, impatient, stream_of
from actors.processes.host_core import HostCore, Outcome
from actors.processes.host_window import ACKNOWLEDGE_AFTER_US
from actors.processes.social_core import SocialCore
from rabbit.memory import MemoryLog

DEFAULT_STREAMS: Final = Streams()
START_US: Final = 1_767_225_600_000_000
"""2026-01-01T00:00:00Z, where a stepping clock begins."""


class SteppingClock:
    """A clock that moves by a step whenever it is read: times differ, and every run has the same."""

    def __init__(self, now: int = START_US, step_us: int = 1_000) -> None:
        self.now = now
        self.step_us = step_us

    def __call__(self) -> int:
        self.now += self.step_us
        return self.now


class Follower(Protocol):
    """Reads the log behind the hosts, as the projector does."""

    def step(self) -> bool:
        """Takes what is new; says whether there was anything."""


class LocalExchange:
    """All hosts over one log. Whatever raises in a host comes out of the call that caused it."""

    def __init__(
        self,
        streams: Streams = DEFAULT_STREAMS,
        log: MemoryLog | None = None,
        clock: Callable[[], int] | None = None,
        followers: tuple[Follower, ...] = (),
    ) -> None:
        self.streams = streams
        self.log = MemoryLog() if log is None else log
        self.log.initialise(streams.names)
        self.problems: list[Problem] = []
        """What decisions raised, as a shell would put it into the journal."""
        self.gateway = LocalGateway(self)
        self._clock = SteppingClock() if clock is None else clock
        self._followers = followers
        self._hosts: dict[str, HostCore] = {}
        self._under_way: dict[str, list[Letter]] = defaultdict(list)
        self._answers: dict[int, Answered] = {}
        self._tickets = 0
        for name in streams.names:
            self._start(name)
        self.settle()

    def ask(self, asked: Asked) -> Answered:
        """Asks, and lets the exchange work until it is quiet.

        Raises ``UnavailableError`` if the host is stopped, ``OutcomeUnknownError`` if there is no answer.
        """
        answer = self._ask(asked)
        if answer is None and isinstance(asked, Request):
            answer = self._ask(impatient(asked))
        if answer is None:
            raise OutcomeUnknownError("the exchange is quiet, and there is no answer")
        return answer

    def settle(self) -> None:
        """Delivers letters until there are none, then lets whoever follows the log catch up."""
        while self._collect() or self._follow():
            under_way, self._under_way = self._under_way, defaultdict(list)
            for name, letters in under_way.items():
                if name in self._hosts:
                    self._absorb(self._hosts[name].take((), letters, self._clock()))
        for follower in self._followers:
            while follower.step():
                pass

    def tick(self) -> None:
        """Lets every host do what its clock makes due."""
        for host in self._hosts.values():
            self._absorb(host.tick(self._clock()))
        self.settle()

    def stop(self, stream: str) -> None:
        """Kills a host: what it held in memory and what is sent to it is lost."""
        self._hosts.pop(stream).close()

    def restart(self, stream: str) -> None:
        """Kills a host if it runs, and starts it again from the log."""
        if stream in self._hosts:
            self.stop(stream)
        self._start(stream)
        for name, host in self._hosts.items():
            if name != stream:
                host.peer_restarted(stream)
        self.settle()

    def state_hashes(self) -> dict[str, str]:
        """Each running host's digest of its whole state."""
        return {name: host.state_hash for name, host in self._hosts.items()}

    def _start(self, stream: str) -> None:
        core = SocialCore if stream in self.streams.social_names else HostCore
        host = core(stream, self.streams, self.log, self._clock)
        self._hosts[stream] = host
        self._absorb(host.tick(self._clock()))

    def _ask(self, asked: Asked) -> Answered | None:
        name = stream_of(asked, self.streams)
        if name not in self._hosts:
            raise UnavailableError(f"the host of {name} is stopped")
        self._tickets += 1
        self._absorb(self._hosts[name].take([(self._tickets, asked)], (), self._clock()))
        self.settle()
        answer = self._answers.get(self._tickets)
        self._answers.clear()
        return answer

    def _collect(self) -> bool:
        """Fetches the hosts' letters; says whether there are any. Here no acknowledgement has to wait."""
        for host in self._hosts.values():
            for letter in host.letters(self._clock() + ACKNOWLEDGE_AFTER_US):
                self._under_way[letter.destination].append(letter)
        return bool(self._under_way)

    def _follow(self) -> bool:
        """Lets the social hosts take what is new in the logs; says whether there was anything."""
        taken = 0
        for host in self._hosts.values():
            if isinstance(host, SocialCore):
                events, outcome = host.follow(self._clock())
                self._absorb(outcome)
                taken += events
        return taken > 0

    def _absorb(self, outcome: Outcome) -> None:
        self.problems.extend(outcome.problems)
        for ticket, answer in outcome.answers:
            assert isinstance(ticket, int), "tickets of the local exchange are counted"
            self._answers[ticket] = answer


class LocalGateway:
    """A ``Gateway`` whose every call is over before it could wait."""

    def __init__(self, exchange: LocalExchange) -> None:
        self._exchange = exchange

    @property
    def streams(self) -> Streams:
        return self._exchange.streams

    async def request(self, request: Request) -> Answer:
        answer = self._exchange.ask(request)
        assert isinstance(answer, Answer), "a request is answered with an Answer"
        return answer

    async def ask(self, asked: RegisterMember | Question) -> Reply:
        reply = self._exchange.ask(asked)
        assert isinstance(reply, Reply), "a question is answered with a Reply"
        return reply
