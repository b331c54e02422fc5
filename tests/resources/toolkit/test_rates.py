"""Owns the tests of rates: how much at once, how much after that, what is told to whom.

Never waits: the test is the clock.
Called by pytest.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.machines import limits
from resources.toolkit.problems import ProblemError
from resources.toolkit.rates import Policy, Rates

ADA, BEN = 16, 17
PER_S = 10
WINDOW_S = 5
BURST = PER_S * WINDOW_S
POLICY = Policy("member", BURST, WINDOW_S, "not so fast")
REQUEST = limits.COST_REQUEST


class Scene:
    """Rates of 10 a second, and a clock that the test moves."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.rates = Rates(POLICY, lambda: round(self.now * 1_000_000_000))

    def taken(self, account_id: int = ADA, cost: int = REQUEST) -> int:
        """How often so much can be had now, one after the other."""
        for taken in range(10 * BURST):
            if self.refused(account_id, cost):
                return taken
        raise AssertionError("there is no limit")

    def refused(self, account_id: int = ADA, cost: int = REQUEST) -> dict[str, str]:
        """What is told to who is refused so much; empty if it was there."""
        try:
            self.rates.take(account_id, cost)
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
    scene.rates.take_more(ADA, 2 * PER_S * REQUEST)
    assert scene.refused() == {
        "status": "429",
        "retry-after": "3",
        "ratelimit-policy": f'"member";q={BURST};w={WINDOW_S}',
        "ratelimit": '"member";r=0;t=3',
    }
    scene.now += 3
    assert scene.refused() == {}


def test_a_batch_may_take_more_than_is_left_and_is_waited_for_afterwards() -> None:
    scene = Scene()
    scene.rates.take(ADA)
    scene.rates.take_more(ADA, (BURST + 4 * PER_S) * REQUEST)
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
            scene.rates.take_more(ADA, (cost - 1) * REQUEST)
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


def test_what_costs_less_can_be_had_more_often() -> None:
    assert Scene().taken(cost=limits.COST_CANCEL) == BURST * REQUEST // limits.COST_CANCEL
    scene = Scene()
    scene.taken()
    scene.now += 0.05
    assert scene.refused(), "a tenth of a second brings a request"
    assert scene.refused(cost=limits.COST_CANCEL) == {}, "and half of it two cancels"


def test_who_is_let_in_is_told_what_is_left() -> None:
    scene = Scene()
    told = [scene.rates.take(ADA)["ratelimit"] for _ in range(BURST)]
    assert told[0] == f'"member";r={BURST - 1};t=1'
    assert told[-1] == f'"member";r=0;t={WINDOW_S}'
    scene.now += 2
    assert scene.rates.take(ADA)["ratelimit"] == f'"member";r={2 * PER_S - 1};t=4'


def test_to_be_asked_whether_there_is_anything_costs_nothing() -> None:
    scene = Scene()
    for _ in range(3 * BURST):
        scene.rates.require(ADA)
    assert scene.taken() == BURST
    with pytest.raises(ProblemError, match="not so fast"):
        scene.rates.require(ADA)


def test_what_costs_more_is_let_in_while_there_is_anything_and_waited_for_afterwards() -> None:
    scene = Scene()
    assert scene.taken(cost=limits.COST_PASSWORD) == BURST * REQUEST // limits.COST_PASSWORD
    assert scene.refused()
    small = Rates(Policy("small", 1, 1, "not so fast"), lambda: 0)
    small.take(ADA, limits.COST_PASSWORD)
    with pytest.raises(ProblemError) as caught:
        small.take(ADA)
    assert caught.value.headers["retry-after"] == str(limits.COST_PASSWORD // REQUEST)
