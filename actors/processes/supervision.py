"""Owns the rules of restarting: which children are made, ended and made again, when, and when to give up.

Never starts or kills a process and never looks at a clock: it is told what happened and when.
Called by the supervisor (actors) and by the launcher (programs).

    waiting --create--> starting --ready--> ready
       ^                   |                  |
       +-- back-off -------+---- exited ------+      too often within WINDOW_S: give up
    ready: it says again and again that it lives; silent for too long, it hangs, and is ended
    ending: to be killed; it is made again only after it has exited
    done: a transient child that exited with code 0
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum, auto
from typing import Final, NamedTuple

WINDOW_S: Final = 30.0
READY_WITHIN_S: Final = 60.0
"""A child that isn't ready by then is killed and made again. Replaying a long log is work, too."""
SILENT_S_MAX: Final = 20.0
"""A child that is ready and says nothing for so long hangs. Longer than any call of a child may take: those
to a log or a store that is away have deadlines, after which the child fails or goes on, but isn't killed."""
AWAY_S_MAX: Final = 2.0
"""If nobody looked for so long, the one who looks stood still, and silence begins to count anew."""
STEADY_S: Final = 1.0
"""A child that has worked for so long before it ended is made again at once."""
BACK_OFF_FIRST_S: Final = 0.1
BACK_OFF_MAX_S: Final = 1.0


class Restart(StrEnum):
    """``permanent``: made again whatever its exit. ``transient``: unless it exited with code 0."""

    PERMANENT = auto()
    TRANSIENT = auto()


class Strategy(StrEnum):
    """What the end of a child means for the others: nothing, or an end for those after it in the table."""

    ONE_FOR_ONE = auto()
    REST_FOR_ONE = auto()


@dataclass(frozen=True, slots=True)
class Rule:
    """How one child is kept: a row of the table of children, in the order of their start."""

    name: str
    restart: Restart = Restart.PERMANENT
    strategy: Strategy = Strategy.ONE_FOR_ONE
    ready_within_s: float = READY_WITHIN_S
    silent_s_max: float = SILENT_S_MAX


class Create(NamedTuple):
    """Make the child now."""

    name: str


class Kill(NamedTuple):
    """Kill the child's process; then say ``exited``."""

    name: str
    reason: str


class GiveUp(NamedTuple):
    """Stop everything: restarting this one has not helped."""

    name: str
    reason: str


Order = Create | Kill | GiveUp


class Phase(StrEnum):
    WAITING = auto()
    STARTING = auto()
    READY = auto()
    ENDING = auto()
    DONE = auto()


@dataclass(slots=True)
class _Child:
    rule: Rule
    phase: Phase = Phase.WAITING
    due: float = 0.0
    """When a waiting child is made, when a starting one has to be ready."""
    ready_at: float = 0.0
    blameless: bool = False
    """Killed because another one ended: that is no failure of its own."""
    failures: deque[float] = field(default_factory=deque)


class Hearing:
    """For how long each of some has been silent, as one hears it who may stand still for a while."""

    def __init__(self) -> None:
        self._heard_at: dict[str, float] = {}
        self._looked_at = 0.0

    def heard(self, name: str, now: float) -> None:
        """They gave a sign of life, or begin to be listened to."""
        self._heard_at[name] = now

    def look(self, now: float) -> None:
        """To be called much more often than every ``AWAY_S_MAX``, before asking for silences."""
        if now - self._looked_at > AWAY_S_MAX:
            self._heard_at = dict.fromkeys(self._heard_at, now)
        self._looked_at = now

    def silent_s(self, name: str, now: float) -> float:
        return now - self._heard_at[name]


class Supervision:
    """The state of all children. Times are seconds of one monotonic clock; ``restarts`` per ``WINDOW_S``."""

    def __init__(self, rules: Sequence[Rule], restarts: int, allowed_by: str = "CREDENCE_RESTARTS") -> None:
        self._children = {rule.name: _Child(rule) for rule in rules}
        assert len(self._children) == len(rules), "children have different names"
        self._restarts = restarts
        self._allowed_by = allowed_by
        self._hearing = Hearing()

    @property
    def awaited(self) -> tuple[str, ...]:
        """The children that should work and don't (yet)."""
        return tuple(
            name for name, child in self._children.items() if child.phase not in {Phase.READY, Phase.DONE}
        )

    def phase(self, name: str) -> Phase:
        return self._children[name].phase

    def tick(self, now: float) -> list[Order]:
        """What is due: children to make, children that took too long to get ready, or that hang."""
        orders: list[Order] = []
        self._hearing.look(now)
        for name, child in self._children.items():
            if child.phase is Phase.WAITING and now >= child.due:
                child.phase, child.due = Phase.STARTING, now + child.rule.ready_within_s
                orders.append(Create(name))
            elif child.phase is Phase.STARTING and now >= child.due:
                child.phase = Phase.ENDING
                orders.append(Kill(name, f"not ready within {child.rule.ready_within_s:g} s"))
            elif child.phase is Phase.READY and self._hearing.silent_s(name, now) > child.rule.silent_s_max:
                child.phase = Phase.ENDING
                orders.append(Kill(name, f"silent for {child.rule.silent_s_max:g} s"))
        return orders

    def heard(self, name: str, now: float) -> None:
        """The child gave a sign of life."""
        self._hearing.heard(name, now)

    def ready(self, name: str, now: float) -> bool:
        """The child can work. Returns whether that is news."""
        child = self._children[name]
        if child.phase is not Phase.STARTING:
            return False
        child.phase, child.ready_at = Phase.READY, now
        self._hearing.heard(name, now)
        return True

    def exited(self, name: str, code: int, now: float) -> list[Order]:
        """The child's process is gone, and reaped. A negative code: killed by that signal.

        Code 0 is no failure: a permanent child that ended in order, as a host does whose stream moves.
        """
        child = self._children[name]
        if child.blameless:
            child.phase, child.blameless = Phase.WAITING, False
            return []
        if child.rule.restart is Restart.TRANSIENT and code == 0:
            child.phase = Phase.DONE
            return []
        if code == 0:
            child.phase, child.due = Phase.WAITING, now
            return []
        child.failures.append(now)
        while child.failures and child.failures[0] <= now - WINDOW_S:
            child.failures.popleft()
        if len(child.failures) > self._restarts:
            return [GiveUp(name, self._last_words(child, code))]
        was_steady = child.phase is Phase.READY and now - child.ready_at >= STEADY_S
        child.phase = Phase.WAITING
        child.due = now if was_steady else now + back_off(len(child.failures))
        if child.rule.strategy is Strategy.REST_FOR_ONE:
            return self._end_those_after(name, child.due)
        return []

    def _end_those_after(self, name: str, due: float) -> list[Order]:
        names = list(self._children)
        orders: list[Order] = []
        for later in names[names.index(name) + 1 :]:
            child = self._children[later]
            if child.phase in {Phase.STARTING, Phase.READY}:
                child.phase, child.due, child.blameless = Phase.ENDING, due, True
                orders.append(Kill(later, f"{name} ended, on which it depends"))
            elif child.phase is Phase.WAITING:
                child.due = max(child.due, due)
        return orders

    def _last_words(self, child: _Child, code: int) -> str:
        how = f"killed by signal {-code}" if code < 0 else f"with exit code {code}"
        return (
            f"{child.rule.name} ended {len(child.failures)} times within {WINDOW_S:g} s, the last time {how};"
            f" {self._allowed_by} allows {self._restarts} restarts"
        )


def back_off(failures: int) -> float:
    """Seconds until the restart after so many failures within the window: at once, then longer and longer."""
    if failures <= 1:
        return 0.0
    return min(BACK_OFF_FIRST_S * 2.0 ** min(failures - 2, 10), BACK_OFF_MAX_S)
