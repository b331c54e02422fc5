"""Owns the tests of members' rates: how much at once, how much after that, what is told to who wants more.

Never waits: the test is the clock.
Called by pytest.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.machines import limits
from resources.toolkit.problems import ProblemError
from resources.toolkit.rates import Rates

ADA, BEN = 16, 17
PER_S = 10
BURST = PER_S * limits.MEMBER_BURST_S


class Scene:
    """Rates of 10 a second, and a clock that the test moves."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.rates = Rates(PER_S, lambda: round(self.now * 1_000_000_000))

    def taken(self, account_id: int = ADA) -> int:
        """How many tokens can be had now, one after the other."""
        for taken in range(10 * BURST):
            if self.refused(account_id):
                return taken
        raise AssertionError("there is no limit")

    def refused(self, account_id: int = ADA) -> dict[str, str]:
        """What is told to who is refused a token; empty if there was one."""
        try:
            self.rates.take(account_id)
        except ProblemError as problem:
            return {"status": str(problem.kind.status), **problem.headers}
        return {}


def test_after_a_burst_there_is_as_much_as_time_brings() -> None:
    scene = Scene()
    assert scene.taken() == BURST
    scene.now += 1
    assert scene.taken() == PER_S
    scene.now += 3_600
    assert scene.taken() == BURST


def test_members_do_not_share() -> None:
    scene = Scene()
    scene.taken(ADA)
    assert scene.taken(BEN) == BURST


def test_who_is_refused_is_told_the_rate_and_when_to_come_back() -> None:
    scene = Scene()
    scene.taken()
    scene.rates.take_more(ADA, 2 * PER_S)
    assert scene.refused() == {
        "status": "429",
        "retry-after": "3",
        "ratelimit-policy": f'"member";q={BURST};w={limits.MEMBER_BURST_S}',
        "ratelimit": '"member";r=0;t=3',
    }
    scene.now += 3
    assert scene.refused() == {}


def test_a_batch_may_take_more_than_is_left_and_is_waited_for_afterwards() -> None:
    scene = Scene()
    scene.rates.take(ADA)
    scene.rates.take_more(ADA, BURST + 4 * PER_S)
    assert scene.refused()["retry-after"] == "5"
    scene.now += 4.2
    assert scene.refused() == {}


@given(st.lists(st.tuples(st.floats(0, 2), st.integers(1, limits.BATCH_OPERATIONS_MAX)), max_size=60))
def test_whatever_comes_when_no_more_is_let_in_than_burst_rate_and_one_batch(
    asked: list[tuple[float, int]],
) -> None:
    scene, taken = Scene(), 0
    began = scene.now
    for pause_s, cost in asked:
        scene.now += pause_s
        if not scene.refused():
            scene.rates.take_more(ADA, cost - 1)
            taken += cost
        assert taken <= BURST + PER_S * (scene.now - began) + limits.BATCH_OPERATIONS_MAX


@given(st.integers(1, 50))
def test_being_refused_costs_nothing(refusals: int) -> None:
    scene = Scene()
    scene.taken()
    for _ in range(refusals):
        assert scene.refused()
    scene.now += 1
    assert scene.taken() == PER_S


def test_who_was_quiet_is_forgotten_and_there_are_never_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MEMBERS_REMEMBERED_MAX", 3)
    scene = Scene()
    for account_id in range(3):
        scene.taken(account_id)
    scene.now += 1
    scene.rates.take(3)
    # Nobody was quiet long enough: the first makes room.
    assert list(scene.rates._full_at) == [1, 2, 3]
    scene.now += 3_600
    scene.rates.take(4)
    assert list(scene.rates._full_at) == [4]
