"""Owns the clock of outages: how long nothing was accepted, how long each kind of process was missed.

Never watches anything itself: it reckons with the moments that were noted.
Called by the summary.
"""

import bisect
import statistics
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from tests.chaos.processes import NEWBORN, Kill
from tests.chaos.workload import Served

TREE: Final = frozenset({"root", "admin", "logger", "supervisor"})
"""When one of these is killed, all actors end and start anew."""
WEB: Final = "web"


class Hold(NamedTuple):
    """A disturbance and when it held, in ``time.monotonic``."""

    deed: str
    began: float
    ended: float


class Back(NamedTuple):
    """Kills of one kind of process; times are of those that nothing else disturbed."""

    kills: int
    measured: int
    median_ms: int | None
    worst_ms: int | None


def longest_outage_ms(
    served: Sequence[Served], began: float, ended: float, besides: Sequence[Hold] = ()
) -> int:
    """The longest time between two accepted orders while there was load.

    ``besides``: what happens while one of these holds is left out.
    """
    moments = [began, *(one.answered for one in served if began < one.answered < ended), ended]
    lasted = [
        later - earlier
        for earlier, later in pairwise(moments)
        if not any(hold.began < later and hold.ended > earlier for hold in besides)
    ]
    return round(1_000 * max(lasted, default=0.0))


def times_back(kills: Sequence[Kill], served: Sequence[Served], holds: Sequence[Hold]) -> dict[str, Back]:
    """Name of a process -> how soon it was missed no more.

    That is, for hosts and what serves orders: when an order was accepted that was sent after the kill and
    that needed it; for followers: when the process was seen again.
    """
    answered = [one.answered for one in served]
    counts: dict[str, int] = defaultdict(int)
    found: dict[str, list[float]] = defaultdict(list)
    for index, kill in enumerate(kills):
        counts[kill.victim.name] += 1
        back = _back_at(kill, served[bisect.bisect(answered, kill.at) :])
        following = kills[index + 1].at if index + 1 < len(kills) else float("inf")
        held = any(hold.began < (back or kill.at) and hold.ended > kill.at for hold in holds)
        if back is not None and back < following and not held and kill.amid is None:
            found[kill.victim.name].append(1_000 * (back - kill.at))
    return {name: _summary(count, found[name]) for name, count in sorted(counts.items())}


def _back_at(kill: Kill, later: Sequence[Served]) -> float | None:
    name = kill.victim.name
    if name == NEWBORN:
        return None
    if name == WEB or any(name == one.account_stream for one in later):
        return _first(later, kill.at, kill.at, name)
    if any(name == one.market_stream for one in later):
        return _first(later, kill.at, kill.at, name)
    if name in TREE:
        return None if kill.seen_again is None else _first(later, kill.at, kill.seen_again, name)
    return kill.seen_again


def _first(later: Sequence[Served], sent_after: float, answered_after: float, name: str) -> float | None:
    """When the first order was accepted that needed this process."""
    for one in later:
        if one.sent < sent_after or one.answered < answered_after:
            continue
        if name == WEB or name in TREE or name in (one.account_stream, one.market_stream):
            return one.answered
    return None


def _summary(kills: int, found: list[float]) -> Back:
    if not found:
        return Back(kills, 0, None, None)
    return Back(kills, len(found), round(statistics.median(found)), round(max(found)))
