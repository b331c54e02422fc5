"""Owns the tests of the rules of restarting: each case is a history, told step by step.

Never starts a process; time is what the test says.
Called by pytest.
"""

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

import pytest

from actors.processes.supervision import (
    Create,
    GiveUp,
    Kill,
    Order,
    Phase,
    Restart,
    Rule,
    Strategy,
    Supervision,
    back_off,
)

KILLED: Final = -9


class Step(NamedTuple):
    """At this second, this happens (``tick``, ``ready``, ``alive`` or ``exit``), and this is ordered."""

    at: float
    what: str
    orders: list[Order]


PERMANENT: Final = (Rule("a"),)
TRANSIENT: Final = (Rule("a", Restart.TRANSIENT),)
IN_LINE: Final = (Rule("a"), Rule("b", strategy=Strategy.REST_FOR_ONE), Rule("c"), Rule("d"))

HISTORIES: Final = {
    "children are made once, in the order of the table": (
        IN_LINE,
        [
            Step(0, "tick", [Create("a"), Create("b"), Create("c"), Create("d")]),
            Step(1, "tick", []),
        ],
    ),
    "a child that ends is made again at once, the others are left alone": (
        (Rule("a"), Rule("b")),
        [
            Step(0, "tick", [Create("a"), Create("b")]),
            Step(1, "ready a", []),
            Step(5, f"exit a {KILLED}", []),
            Step(5, "tick", [Create("a")]),
        ],
    ),
    "so is one that ends before it is ready": (
        PERMANENT,
        [
            Step(0, "tick", [Create("a")]),
            Step(1, "exit a 70", []),
            Step(1, "tick", [Create("a")]),
        ],
    ),
    "a permanent child is made again even after it ended well": (
        PERMANENT,
        [
            Step(0, "tick", [Create("a")]),
            Step(1, "exit a 0", []),
            Step(1, "tick", [Create("a")]),
        ],
    ),
    "a transient child is done once it ended well": (
        TRANSIENT,
        [
            Step(0, "tick", [Create("a")]),
            Step(1, "exit a 0", []),
            Step(9, "tick", []),
        ],
    ),
    "a transient child is made again after a failure": (
        TRANSIENT,
        [
            Step(0, "tick", [Create("a")]),
            Step(1, "exit a 1", []),
            Step(1, "tick", [Create("a")]),
        ],
    ),
    "a child that isn't ready in time is killed, and made again only after it is gone": (
        (Rule("a", ready_within_s=10),),
        [
            Step(0, "tick", [Create("a")]),
            Step(9.9, "tick", []),
            Step(10, "tick", [Kill("a", "not ready within 10 s")]),
            Step(11, "tick", []),
            Step(12, f"exit a {KILLED}", []),
            Step(12, "tick", [Create("a")]),
        ],
    ),
    "a ready child may take all the time it wants": (
        (Rule("a", ready_within_s=10),),
        [
            Step(0, "tick", [Create("a")]),
            Step(9, "ready a", []),
            Step(99, "tick", []),
        ],
    ),
    "each further restart within the window waits longer": (
        PERMANENT,
        [
            Step(0, "tick", [Create("a")]),
            Step(1, "exit a 1", []),
            Step(1, "tick", [Create("a")]),
            Step(2, "exit a 1", []),
            Step(2.05, "tick", []),
            Step(2.1, "tick", [Create("a")]),
            Step(3, "exit a 1", []),
            Step(3.15, "tick", []),
            Step(3.2, "tick", [Create("a")]),
        ],
    ),
    "a rest-for-one child takes with it those after it; all are made again in order": (
        IN_LINE,
        [
            Step(0, "tick", [Create("a"), Create("b"), Create("c"), Create("d")]),
            Step(1, "ready c", []),
            Step(
                2,
                "exit b 1",
                [Kill("c", "b ended, on which it depends"), Kill("d", "b ended, on which it depends")],
            ),
            Step(2, f"exit d {KILLED}", []),
            Step(2, "tick", [Create("b"), Create("d")]),
            Step(2.1, f"exit c {KILLED}", []),
            Step(2.1, "tick", [Create("c")]),
        ],
    ),
    "to end in order is no failure, however often": (
        PERMANENT,
        [
            step
            for second in range(1, 20)
            for step in (Step(second, "tick", [Create("a")]), Step(second, "exit a 0", []))
        ],
    ),
    "past the allowed restarts it gives up": (
        PERMANENT,
        [
            Step(0, "tick", [Create("a")]),
            Step(1, "exit a 1", []),
            Step(2, "tick", [Create("a")]),
            Step(3, "exit a 1", []),
            Step(4, "tick", [Create("a")]),
            Step(5, "exit a 1", []),
            Step(6, "tick", [Create("a")]),
            Step(
                7,
                f"exit a {KILLED}",
                [
                    GiveUp(
                        "a",
                        "a ended 4 times within 30 s, the last time killed by signal 9;"
                        " CREDENCE_RESTARTS allows 3 restarts",
                    )
                ],
            ),
        ],
    ),
    "one that had worked for a while is made again at once, however often it failed before": (
        PERMANENT,
        [
            Step(0, "tick", [Create("a")]),
            Step(1, "exit a 1", []),
            Step(1, "tick", [Create("a")]),
            Step(1.1, "ready a", []),
            Step(2, "exit a 1", []),
            Step(2, "tick", []),
            Step(2.1, "tick", [Create("a")]),
            Step(3, "ready a", []),
            Step(4, "exit a 1", []),
            Step(4, "tick", [Create("a")]),
        ],
    ),
    "a child that says nothing any more is killed, and made again once it has ended": (
        (Rule("a", silent_s_max=3), Rule("b", silent_s_max=3)),
        [
            Step(0, "tick", [Create("a"), Create("b")]),
            Step(1, "ready a", []),
            Step(1, "ready b", []),
            Step(2, "tick", []),
            Step(3, "alive b", []),
            Step(4, "tick", []),
            Step(4.1, "tick", [Kill("a", "silent for 3 s")]),
            Step(5, "tick", []),
            Step(6, f"exit a {KILLED}", []),
            Step(6, "tick", [Create("a")]),
            Step(6.1, "tick", [Kill("b", "silent for 3 s")]),
        ],
    ),
    "a child that isn't ready yet need not say anything": (
        (Rule("a", ready_within_s=60, silent_s_max=3),),
        [
            Step(0, "tick", [Create("a")]),
            Step(1, "tick", []),
            *(Step(second, "tick", []) for second in range(2, 60)),
            Step(60, "tick", [Kill("a", "not ready within 60 s")]),
        ],
    ),
    "a child that gives no signs of life may be silent for ever": (
        (Rule("a", silent_s_max=math.inf),),
        [
            Step(0, "tick", [Create("a")]),
            Step(1, "ready a", []),
            *(Step(second, "tick", []) for second in range(2, 600)),
        ],
    ),
    "who stood still for a while gives everybody time to say that they live": (
        (Rule("a", silent_s_max=3),),
        [
            Step(0, "tick", [Create("a")]),
            Step(1, "ready a", []),
            Step(100, "tick", []),
            Step(101, "tick", []),
            Step(103, "tick", []),
            Step(103.1, "tick", [Kill("a", "silent for 3 s")]),
        ],
    ),
    "failures that are long ago don't count": (
        PERMANENT,
        [
            Step(0, "tick", [Create("a")]),
            *(
                step
                for minute in range(60, 600, 60)
                for step in (Step(minute, "exit a 1", []), Step(minute, "tick", [Create("a")]))
            ),
        ],
    ),
    "each child has its own count, and being taken along is no failure": (
        IN_LINE,
        [
            Step(0, "tick", [Create("a"), Create("b"), Create("c"), Create("d")]),
            *(
                step
                for second in (1, 3, 5)
                for step in (
                    Step(
                        second,
                        "exit b 1",
                        [
                            Kill("c", "b ended, on which it depends"),
                            Kill("d", "b ended, on which it depends"),
                        ],
                    ),
                    Step(second, f"exit c {KILLED}", []),
                    Step(second, f"exit d {KILLED}", []),
                    Step(second + 1, "tick", [Create("b"), Create("c"), Create("d")]),
                )
            ),
            Step(7, "exit d 1", []),
            Step(7, "tick", [Create("d")]),
        ],
    ),
}


@pytest.mark.parametrize(("rules", "history"), HISTORIES.values(), ids=HISTORIES.keys())
def test_histories(rules: Sequence[Rule], history: list[Step]) -> None:
    supervision = Supervision(rules, restarts=3)
    for step in history:
        assert carried_out(supervision, step) == step.orders, f"at {step.at} s: {step.what}"


def carried_out(supervision: Supervision, step: Step) -> list[Order]:
    match step.what.split():
        case ["tick"]:
            return supervision.tick(step.at)
        case ["ready", name]:
            assert supervision.ready(name, step.at)
            return []
        case ["alive", name]:
            supervision.heard(name, step.at)
            return []
        case ["exit", name, code]:
            return supervision.exited(name, int(code), step.at)
        case other:
            raise ValueError(other)


def test_ready_is_news_only_from_a_child_that_is_starting() -> None:
    supervision = Supervision([Rule("a")], restarts=3)
    assert not supervision.ready("a", 0)
    supervision.tick(0)
    assert supervision.ready("a", 0)
    assert not supervision.ready("a", 0)


def test_awaited_are_the_children_that_do_not_work_now() -> None:
    supervision = Supervision([Rule("a"), Rule("b", Restart.TRANSIENT)], restarts=3)
    assert list(supervision.awaited) == ["a", "b"]
    supervision.tick(0)
    supervision.ready("a", 0)
    assert list(supervision.awaited) == ["b"]
    supervision.exited("b", 0, 1)
    assert list(supervision.awaited) == []
    assert supervision.phase("b") is Phase.DONE
    supervision.exited("a", KILLED, 2)
    assert list(supervision.awaited) == ["a"]


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(0, 0.0), (1, 0.0), (2, 0.1), (3, 0.2), (4, 0.4), (5, 0.8), (6, 1.0), (7, 1.0), (1_000_000, 1.0)],
)
def test_back_off_doubles_up_to_a_second(failures: int, seconds: float) -> None:
    assert back_off(failures) == seconds


def test_two_children_of_the_same_name_are_refused() -> None:
    with pytest.raises(AssertionError, match="different names"):
        Supervision([Rule("a"), Rule("a")], restarts=3)
