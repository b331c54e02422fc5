"""Owns the tests of the verdict: every way of failing under overload is found.

Never runs anything.
Called by pytest.
"""

import pytest

from tests.overload.open_loop import Answered, Offered
from tests.overload.verdict import judge

SECONDS = 10.0
CAPACITY = 10.0
GROWTH = {"web": 20.0, "accounts-0": 5.0}


def answers(
    count: int, status: int, latency_s: float, *, orders: int = 0, says: bool = True
) -> list[Answered]:
    return [Answered(status, latency_s, orders, says)] * count


ACCEPTED = answers(100, 200, 0.4, orders=20)
REFUSED = answers(200, 503, 0.01)


def test_a_run_that_holds_is_ok() -> None:
    verdict = judge(CAPACITY, SECONDS, Offered(ACCEPTED + REFUSED, 0, 0), (2_000, 2_000), GROWTH)
    assert (verdict.ok, verdict.broken, verdict.ratio) == (True, (), 3.0)
    assert (verdict.accepted, verdict.refused) == (100, 200)
    assert (verdict.accepted_p99_ms, verdict.refused_p50_ms) == (400, 10)


FAILURES = [
    ("the rig was too slow", Offered(ACCEPTED + REFUSED[:40], 160, 0), 2_000, GROWTH),
    ("nothing was refused", Offered(ACCEPTED * 2, 0, 0), 4_000, GROWTH),
    ("some got no answer, or another one", Offered(ACCEPTED + REFUSED, 0, 1), 2_000, GROWTH),
    (
        "some got no answer, or another one",
        Offered(ACCEPTED + REFUSED + answers(1, 504, 5.0), 0, 0),
        2_000,
        GROWTH,
    ),
    (
        "a refusal doesn't say when to come back",
        Offered(ACCEPTED + REFUSED + answers(1, 503, 0.01, says=False), 0, 0),
        2_000,
        GROWTH,
    ),
    ("too little was accepted", Offered(ACCEPTED[:20] + REFUSED, 0, 0), 400, GROWTH),
    (
        "who was accepted waited too long",
        Offered(ACCEPTED + answers(3, 200, 6.0, orders=20) + REFUSED, 0, 0),
        2_060,
        GROWTH,
    ),
    ("refusing took too long", Offered(ACCEPTED + answers(200, 503, 0.7), 0, 0), 2_000, GROWTH),
    (
        "what was refused happened, or what was accepted did not",
        Offered(ACCEPTED + REFUSED, 0, 0),
        2_020,
        GROWTH,
    ),
    ("a process grew too much", Offered(ACCEPTED + REFUSED, 0, 0), 2_000, {"web": 500.0}),
]


@pytest.mark.parametrize("number", range(len(FAILURES)))
def test_what_does_not_hold_is_found(number: int) -> None:
    what, offered, logged, growth = FAILURES[number]
    acknowledged = sum(answer.orders for answer in offered.answers)
    verdict = judge(CAPACITY, SECONDS, offered, (acknowledged, logged), growth)
    assert (verdict.broken, verdict.ok) == ((what,), False)
