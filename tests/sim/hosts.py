"""Owns the simulated host processes: their lives, turns and deaths, around the real host core.

Never decides anything about orders; what a shell does with a core, and how it may die of it, is all there is.
Called by the simulated exchange and the carrier.

A life is one process from its start to its end. One that was replaced goes on until it notices.
"""

from collections.abc import Callable
from functools import partial
from typing import Final

import msgspec

from actors.machines import limits
from actors.machines.messages.answers import Answer, Reply
from actors.machines.messages.commands import Asked
from actors.machines.messages.letters import Letter
from actors.machines.streams import Streams
from actors.machines.turn import Ticket
from actors.processes.host_core import HostCore, Outcome
from actors.processes.local import START_US
from actors.processes.protocol import Undecided
from actors.processes.social_core import SocialCore
from actors.processes.taken import Taken
from rabbit.log import LogCorruptError, LogError, LogLockedError
from tests.sim.carrier import Carrier
from tests.sim.faults import CrashedError, Fault, Faults
from tests.sim.log import FaultyLog
from tests.sim.schedule import Schedule
from tests.sim.snapshots import TornSnapshots
from tests.sim.trace import Trace, digest_of
from tests.sim.violations import ViolationError, require

GATHER_US: Final = (0, 100)
FOLLOW_US: Final = (5_000, 60_000)
RESTART_US: Final = (2_000, 300_000)
NEWS_US: Final = (500, 20_000)
"""How long the others don't know that a process ended or began."""
JUMP_US_MAX: Final = 20_000_000

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Letter)

Answers = list[tuple[Ticket, Answer | Reply | Undecided]]
TURNED_AWAY: Final = Undecided("its stream waits for the log")


def _who_and_what(ticket: Ticket) -> tuple[int, int]:
    """The gateway that asked, and what it calls the request."""
    assert isinstance(ticket, tuple)
    gateway, correlation = ticket
    return gateway, correlation


class Life:
    """One process of a host."""

    def __init__(self, hosts: "Hosts", name: str, number: int, taken: Taken) -> None:
        self.name = name
        self.number = number
        self.taken = taken
        self.alive = True
        self.waits = False
        """It has lost the log, and tells those who ask that nothing happened."""
        self.busy = True
        """A turn's record is on its way."""
        self._hosts = hosts
        self._asks: list[tuple[Ticket, Asked]] = []
        self._letters: list[Letter] = []
        self._planned = False
        self._wake_at: int | None = None
        core = SocialCore if name in hosts.streams.social_names else HostCore
        self.core = core(name, hosts.streams, hosts.log, partial(hosts.wall, name), hosts.snapshots[name])

    def start(self) -> None:
        """The first turn after recovery."""
        self._act(lambda: self.core.tick(self._hosts.schedule.now))
        if isinstance(self.core, SocialCore):
            self._follow(self.core)

    def _follow(self, core: SocialCore) -> None:
        """A turn with what is new in the logs, unless one is under way; and so on until it dies."""
        if self.alive and not self.busy and not self._hosts.strike_before_turn(self):
            self._act(lambda: core.follow(self._hosts.schedule.now)[1])
        if self.alive:
            self._hosts.schedule.after(self._hosts.faults.delay_us(*FOLLOW_US), partial(self._follow, core))

    def ask(self, ticket: Ticket, asked: Asked) -> None:
        if self.alive:
            self._asks.append((ticket, asked))
            self._plan()
        elif self.waits:
            self._turn_away([ticket])

    def post(self, letter: bytes) -> None:
        if self.alive:
            self._letters.append(_decoder.decode(letter))
            self._plan()

    def hear_of_restart(self, name: str) -> None:
        if self.alive:
            self.core.peer_restarted(name)
            self._plan()

    def die(self, why: str) -> None:
        self.alive = False
        self._hosts.died(self, why)

    def _plan(self) -> None:
        if not self._planned and not self.busy:
            self._planned = True
            self._hosts.schedule.after(self._hosts.faults.delay_us(*GATHER_US), self._turn)

    def _turn(self) -> None:
        self._planned = False
        if not self.alive or self.busy:
            return
        if self._hosts.strike_before_turn(self):
            return
        asks, self._asks = (
            self._asks[: limits.REQUESTS_PER_TURN_MAX],
            self._asks[limits.REQUESTS_PER_TURN_MAX :],
        )
        letters, self._letters = self._letters, []
        for ticket, _ in asks:
            self.taken.note(*_who_and_what(ticket))
        self._act(lambda: self.core.take(asks, letters, self._hosts.schedule.now))

    def _act(self, act: Callable[[], Outcome]) -> None:
        """What ends a real process ends this one; the rest is a turn whose confirms take their time."""
        self.busy = True
        self._hosts.log.confirm_us[self.name] = 0
        try:
            outcome = act()
        except LogCorruptError:
            raise
        except LogError as error:
            self._lose_the_log(str(error))
        except CrashedError:
            self.die("crashed in a turn")
        else:
            self._hosts.schedule.after(self._hosts.log.confirm_us[self.name], partial(self._release, outcome))

    def _lose_the_log(self, why: str) -> None:
        """What was being appended is in doubt; what has not been taken never will be, and is turned away."""
        self.alive = False
        self.core.close()
        if self._hosts.waits_for_log(self, why):
            self.waits = True
            self._turn_away([ticket for ticket, _ in self._asks])

    def _turn_away(self, tickets: list[Ticket]) -> None:
        self._hosts.turn_away(
            [ticket for ticket in tickets if self.taken.surely_lacks(*_who_and_what(ticket))]
        )

    def _release(self, outcome: Outcome) -> None:
        """The records are confirmed: letters and answers go out, and the next turn may begin."""
        if not self.alive:
            return
        for problem in outcome.problems:
            raise ViolationError(f"{self.name}: a decision raised: {problem}") from problem.error
        self.busy = False
        now = self._hosts.schedule.now
        try:
            for letter in self.core.letters(now):
                self._hosts.faults.crash_if(Fault.HOST_CRASH)
                self._hosts.send(self, letter)
            self._hosts.faults.crash_if(Fault.HOST_CRASH)
            self._hosts.answer(self, outcome.answers)
        except CrashedError:
            self.die("crashed while it sent")
            return
        self._set_alarm()
        if self._asks or self._letters:
            self._plan()

    def _set_alarm(self) -> None:
        due, now = self.core.due(), self._hosts.schedule.now
        if due is not None and (self._wake_at is None or due < self._wake_at or self._wake_at <= now):
            self._wake_at = due
            self._hosts.schedule.after(max(0, due - now), partial(self._wake, due))

    def _wake(self, due: int) -> None:
        if self._wake_at != due or not self.alive:
            return
        self._wake_at = None
        if not self.busy:
            self._act(lambda: self.core.tick(self._hosts.schedule.now))


class Hosts:
    """All streams' hosts. ``reply`` takes answers on their way; ``changed`` is told who is where."""

    def __init__(
        self,
        streams: Streams,
        log: FaultyLog,
        schedule: Schedule,
        faults: Faults,
        carrier: Carrier,
        trace: Trace,
        ends: dict[str, int],
    ) -> None:
        self.streams = streams
        self.log = log
        self.schedule = schedule
        self.faults = faults
        self.snapshots = {name: TornSnapshots(name, faults, trace) for name in streams.names}
        self.lives: dict[str, Life] = {}
        """The current life of each host that runs."""
        self.reply: Callable[[Answers], None] = lambda _answers: None
        self.changed: Callable[[], None] = lambda: None
        self.recovered: Callable[[Life], None] = lambda _life: None
        self._carrier = carrier
        self._trace = trace
        self._ends = ends
        self._skew = dict.fromkeys(streams.names, 0)
        self._numbers = dict.fromkeys(streams.names, 0)

    def wall(self, name: str) -> int:
        """What the clock of this host's machine shows."""
        return START_US + self.schedule.now + self._skew[name]

    def start(self, name: str) -> None:
        """Starts a host; its predecessor, if it still lives, has lost the lock by then."""
        self._numbers[name] += 1
        self._open(name, self._numbers[name])

    def _open(self, name: str, number: int) -> None:
        """A process takes the lock and recovers: a new one, or one that has waited for the log."""
        self.log.free(name)
        try:
            before = self.lives.get(name)
            taken = before.taken if before is not None and before.number == number else Taken()
            life = Life(self, name, number, taken)
        except (CrashedError, LogLockedError) as error:
            # Where what a replaced writer published may arrive late, recovery may find that out.
            self._trace.note(f"{name}.{number} died while it recovered: {error}")
            self.lives.pop(name, None)
            self._plan_start(name)
            return
        self._trace.note(f"{name}.{number} recovered from {life.core.recovered_from} to {life.core.sequence}")
        self.recovered(life)
        self.lives[name] = life
        life.start()
        for other in self.streams.names:
            if other != name:
                self.schedule.after(self.faults.delay_us(*NEWS_US), partial(self._tell, other, name))
        self.schedule.after(self.faults.delay_us(*NEWS_US), self.changed)

    def died(self, life: Life, why: str) -> None:
        self._trace.note(f"{life.name}.{life.number} died: {why}")
        if self.lives.get(life.name) is life:
            del self.lives[life.name]
            self.log.free(life.name)
            self.schedule.after(self.faults.delay_us(*NEWS_US), self.changed)
            self._plan_start(life.name)

    def waits_for_log(self, life: Life, why: str) -> bool:
        """A host has lost the log, and tries again after a while; false if it was replaced anyway."""
        self._trace.note(f"{life.name}.{life.number} waits: {why}")
        if self.lives.get(life.name) is not life:
            return False
        self.schedule.after(self.faults.delay_us(*RESTART_US), partial(self._open_again, life))
        return True

    def turn_away(self, tickets: list[Ticket]) -> None:
        """Tells who asked what was not taken."""
        if tickets:
            self._trace.note(f"turned away: {tickets}")
            self.reply([(ticket, TURNED_AWAY) for ticket in tickets])

    def _open_again(self, life: Life) -> None:
        if self.lives.get(life.name) is life:
            self._open(life.name, life.number)

    def strike_before_turn(self, life: Life) -> bool:
        """What may befall a host that is about to take a turn; true if it has died."""
        if self.faults.strikes(Fault.CLOCK_JUMP):
            self._skew[life.name] = self.faults.delay_us(-JUMP_US_MAX, JUMP_US_MAX)
        if self.faults.strikes(Fault.HOST_CRASH):
            life.die("crashed before a turn")
            return True
        if self.lives.get(life.name) is life and self.faults.strikes(Fault.HOST_REPLACED):
            self._trace.note(f"{life.name}.{life.number} is replaced")
            self.start(life.name)
        return False

    def send(self, life: Life, letter: Letter) -> None:
        """Puts a letter on its way; what it says must be in the log."""
        end = self._ends[life.name]
        require(
            letter.sequence <= end,
            "{} posts record {}, and its log ends at {}",
            life.name,
            letter.sequence,
            end,
        )
        encoded = _encoder.encode(letter)
        self._trace.note(
            f"{life.name}.{life.number} -> {letter.destination} {letter.first}+{len(letter.messages)}"
            f" {digest_of(encoded)}"
        )
        self._carrier.send(partial(self._deliver, letter.destination, encoded))

    def answer(self, life: Life, answers: list[tuple[Ticket, Answer | Reply]]) -> None:
        """Puts answers on their way; what they say must be in the log."""
        for ticket, answer in answers:
            for stream, sequence in answer.position.items():
                end = self._ends[stream]
                require(
                    sequence <= end,
                    "{} answers from {} {}, which ends at {}",
                    life.name,
                    stream,
                    sequence,
                    end,
                )
            self._trace.note(f"{life.name}.{life.number} answers {ticket}")
        if answers:
            self.reply(list(answers))

    def _deliver(self, name: str, letter: bytes) -> None:
        if name in self.lives:
            self.lives[name].post(letter)

    def _tell(self, name: str, restarted: str) -> None:
        if name in self.lives:
            self.lives[name].hear_of_restart(restarted)

    def _plan_start(self, name: str) -> None:
        self.schedule.after(self.faults.delay_us(*RESTART_US), partial(self._start_if_missing, name))

    def _start_if_missing(self, name: str) -> None:
        if name not in self.lives:
            self.start(name)
