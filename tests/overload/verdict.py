"""Owns what an overloaded exchange must show: the figures of a run, and whether the bounds hold.

Never measures anything.
Called by the overload rig.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from actors.machines import limits
from tests.overload.open_loop import Answered, Offered

ACCEPTED: Final = frozenset({200, 202})
REFUSED: Final = frozenset({429, 503})
RATIO_MIN: Final = 1.5
"""With less the rig, on the same processors, is what can't do more: that proves nothing."""
GOODPUT_MIN: Final = 0.3
"""Of what it can do, the exchange must go on doing so much while three times as much is asked of it.

Most of the rest goes into refusing, and into the rig itself, which shares the processors.
"""
ACCEPTED_P99_MS_MAX: Final = limits.ANSWER_UNKNOWN_AFTER_MS
REFUSED_TO_ACCEPTED_MAX: Final = 1.5
"""A refusal is quick: at the median it must not take so many times as long as an acceptance."""
GROWTH_MB_MAX: Final = 96.0
GROWTH_KB_PER_ORDER_MAX: Final = 8.0
"""A process may grow by so much, and by so much for each order that the exchange now knows more of."""


class Verdict(msgspec.Struct, frozen=True):
    """One run. Rates in requests a second; ``ratio``: of what was sent to what can be done."""

    capacity: float
    ratio: float
    offered: int
    accepted: int
    refused: int
    not_sent: int
    unanswered: int
    others: int
    without_retry_after: int
    accepted_p50_ms: float
    accepted_p99_ms: float
    refused_p50_ms: float
    refused_p99_ms: float
    orders_acknowledged: int
    orders_logged: int
    growth_mb: dict[str, float]
    broken: tuple[str, ...]
    ok: bool


def judge(
    capacity: float,
    seconds: float,
    offered: Offered,
    orders: tuple[int, int],
    growth_mb: dict[str, float],
) -> Verdict:
    """The verdict on one run. ``orders``: acknowledged to clients, and found in the log."""
    accepted = [answer for answer in offered.answers if answer.status in ACCEPTED]
    refused = [answer for answer in offered.answers if answer.status in REFUSED]
    sent = len(offered.answers) + offered.unanswered
    figures = {
        "capacity": capacity,
        "ratio": sent / seconds / capacity,
        "offered": sent + offered.not_sent,
        "accepted": len(accepted),
        "refused": len(refused),
        "not_sent": offered.not_sent,
        "unanswered": offered.unanswered,
        "others": len(offered.answers) - len(accepted) - len(refused),
        "without_retry_after": sum(not answer.says_when for answer in refused),
        "accepted_p50_ms": percentile_ms(accepted, 50),
        "accepted_p99_ms": percentile_ms(accepted, 99),
        "refused_p50_ms": percentile_ms(refused, 50),
        "refused_p99_ms": percentile_ms(refused, 99),
        "orders_acknowledged": orders[0],
        "orders_logged": orders[1],
        "growth_mb": growth_mb,
    }
    broken = tuple(_broken(figures, seconds))
    return msgspec.convert({**figures, "broken": broken, "ok": not broken}, Verdict)


def percentile_ms(answers: Sequence[Answered], percent: int) -> float:
    """The latency that ``percent`` of them did not exceed; 0 if there are none."""
    latencies_s = sorted(answer.latency_s for answer in answers)
    return latencies_s[(len(latencies_s) - 1) * percent // 100] * 1_000 if latencies_s else 0.0


def _broken(figures: dict[str, object], seconds: float) -> list[str]:
    run = msgspec.convert({**figures, "broken": (), "ok": True}, Verdict)
    growth_max = GROWTH_MB_MAX + GROWTH_KB_PER_ORDER_MAX * run.orders_logged / 1_024
    bounds = {
        "the rig was too slow": run.ratio >= RATIO_MIN,
        "nothing was refused": run.refused > 0,
        "some got no answer, or another one": run.others == run.unanswered == 0,
        "a refusal doesn't say when to come back": run.without_retry_after == 0,
        "too little was accepted": run.accepted >= GOODPUT_MIN * run.capacity * seconds,
        "who was accepted waited too long": run.accepted_p99_ms <= ACCEPTED_P99_MS_MAX,
        "refusing took too long": run.refused_p50_ms <= REFUSED_TO_ACCEPTED_MAX * run.accepted_p50_ms,
        "what was refused happened, or what was accepted did not": (
            run.orders_acknowledged == run.orders_logged
        ),
        "a process grew too much": max(run.growth_mb.values()) <= growth_max,
    }
    return [what for what, holds in bounds.items() if not holds]
