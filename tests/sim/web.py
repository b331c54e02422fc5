"""Owns the simulated web process: the real gateway core, its batches on their way, and its deaths.

Never interprets an answer.
Called by the clients (who ask), the hosts (which reply) and time.
"""

from collections import defaultdict
from functools import partial
from typing import Final, Protocol

from actors.machines.messages.answers import Answer, Reply
from actors.machines.messages.commands import Asked
from actors.machines.streams import Streams
from actors.processes.gateway import UnavailableError
from actors.processes.gateway_core import GatewayCore, Ticket, decode_asks, encode_asked, encode_replies
from actors.processes.protocol import Undecided
from tests.sim.carrier import Carrier
from tests.sim.faults import Fault, Faults
from tests.sim.hosts import Answers, Hosts
from tests.sim.schedule import Schedule
from tests.sim.trace import Trace

LOOK_US: Final = 250_000
TAKEN_US: Final = (20, 200)
CORRELATIONS_PER_LIFE: Final = 1_000_000_000


class Caller(Protocol):
    """Who asks, by the number of the call."""

    def answered(self, number: int, answer: Answer | Reply) -> None: ...

    def failed(self, number: int, error: Exception) -> None: ...


class Web:
    """One gateway after the other."""

    def __init__(
        self,
        streams: Streams,
        hosts: Hosts,
        schedule: Schedule,
        faults: Faults,
        carrier: Carrier,
        trace: Trace,
        caller: Caller,
    ) -> None:
        self._streams = streams
        self._hosts = hosts
        self._schedule = schedule
        self._faults = faults
        self._carrier = carrier
        self._trace = trace
        self._caller = caller
        self._number = 0
        self._looks = False
        self._core = self._begin()
        hosts.reply = self._reply
        hosts.changed = self._hear_of_change

    def submit(self, number: int, asked: Asked) -> None:
        """Asks; the caller is told of one answer or one failure."""
        if self._faults.strikes(Fault.WEB_CRASH):
            self._crash()
        try:
            self._core.submit(number, asked, encode_asked(asked), self._schedule.now)
        except UnavailableError as error:
            self._caller.failed(number, error)
            return
        self._pump()
        if not self._looks:
            self._looks = True
            self._schedule.after(LOOK_US, self._look)

    def _begin(self) -> GatewayCore:
        self._number += 1
        return GatewayCore(self._streams, self._number * CORRELATIONS_PER_LIFE)

    def _crash(self) -> None:
        self._trace.note(f"web.{self._number} died")
        abandoned = self._core.abandon()
        self._core = self._begin()
        self._hear_of_change()
        self._tell(abandoned)

    def _hear_of_change(self) -> None:
        self._core.directory({name: f"{name}.{life.number}" for name, life in self._hosts.lives.items()})
        self._pump()

    def _pump(self) -> None:
        for name, payload in self._core.batches(self._schedule.now):
            life = self._hosts.lives.get(name)
            address = "" if life is None else f"{name}.{life.number}"
            sent = self._carrier.send(partial(self._deliver, self._number, name, address, payload))
            self._schedule.after(
                self._faults.delay_us(*TAKEN_US),
                partial(self._taken, self._number, name, address, sent or self._faults.delay_us(0, 1) == 1),
            )

    def _deliver(self, number: int, name: str, address: str, payload: bytes) -> None:
        """A message reaches the process that it was sent to, or nobody."""
        life = self._hosts.lives.get(name)
        if life is not None and f"{name}.{life.number}" == address:
            for correlation, asked in decode_asks(payload):
                life.ask((number, correlation), asked)

    def _taken(self, number: int, name: str, address: str, taken: bool) -> None:
        if number == self._number:
            self._core.taken(name, address, taken=taken, now=self._schedule.now)
            self._pump()

    def _reply(self, answers: Answers) -> None:
        """What a host answers to one gateway travels as one message."""
        by_gateway: defaultdict[int, list[tuple[int, Answer | Reply | Undecided]]] = defaultdict(list)
        for ticket, answer in answers:
            assert isinstance(ticket, tuple)
            number, correlation = ticket
            by_gateway[number].append((correlation, answer))
        for number, replies in by_gateway.items():
            self._carrier.send(partial(self._arrive, number, encode_replies(replies)))

    def _arrive(self, number: int, payload: bytes) -> None:
        if number == self._number:
            for ticket, answer in self._core.answered(payload):
                assert isinstance(ticket, int)
                if isinstance(answer, Exception):
                    self._caller.failed(ticket, answer)
                else:
                    self._caller.answered(ticket, answer)

    def _look(self) -> None:
        self._looks = False
        self._tell(self._core.look(self._schedule.now))
        self._pump()
        if self._core.busy and not self._looks:
            self._looks = True
            self._schedule.after(LOOK_US, self._look)

    def _tell(self, failures: list[tuple[Ticket, Exception]]) -> None:
        for ticket, error in failures:
            assert isinstance(ticket, int)
            self._caller.failed(ticket, error)
