"""Owns the tests of the limiter: whoever is asked, and however quick they are, answers come in time.

Never waits: the test is the clock, and plays who is asked.
Called by pytest.
"""

from collections import deque
from contextlib import AbstractContextManager

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from actors.machines import limits
from resources.toolkit.limiter import TARGET_S, Limiter

STEP_S = 0.001
SETTLED_S = 3.0
SECONDS = 8.0
NEVER = (0.0, 0.0)


class Counter:
    """Somebody who answers ``per_s`` requests a second, in order."""

    def __init__(self, per_s: float, away: tuple[float, float] = NEVER) -> None:
        self.per_s = per_s
        self.now = 0.0
        self.limiter = Limiter(lambda: self.now)
        self.refused = 0
        self.waits: list[tuple[float, float]] = []
        """When each was answered, and after how long."""
        self._away = away
        self._queue: deque[tuple[float, AbstractContextManager[None]]] = deque()

    def ask_for(self, seconds: float, times: float) -> None:
        """So many times as much as they can do."""
        due = can = 0.0
        end = self.now + seconds
        while self.now < end:
            self.now += STEP_S
            due += self.per_s * times * STEP_S
            for _ in range(int(due)):
                self._ask()
            due %= 1
            if not self._away[0] < self.now < self._away[1]:
                can = self._answer(can + self.per_s * STEP_S)

    def waited(self, after_s: float) -> tuple[float, float]:
        """The median and the longest of those answered after a time."""
        waits = sorted(wait for at, wait in self.waits if at > after_s)
        return waits[len(waits) // 2], waits[-1]

    def _ask(self) -> None:
        if self.limiter.is_full:
            self.refused += 1
            return
        request = self.limiter.asked()
        request.__enter__()
        self._queue.append((self.now, request))

    def _answer(self, can: float) -> float:
        while self._queue and can >= 1:
            since, request = self._queue.popleft()
            request.__exit__(None, None, None)
            self.waits.append((self.now, self.now - since))
            can -= 1
        return can if self._queue else 0.0


@pytest.mark.parametrize("per_s", [200, 1_000, 4_000])
def test_at_three_times_what_they_can_do_they_are_busy_and_nobody_waits_much_longer_than_the_target(
    per_s: float,
) -> None:
    counter = Counter(per_s)
    counter.ask_for(SECONDS, 3)
    answered = sum(at > SETTLED_S for at, _ in counter.waits)
    assert answered >= 0.95 * per_s * (SECONDS - SETTLED_S)
    median_s, longest_s = counter.waited(SETTLED_S)
    assert median_s < 1.2 * TARGET_S
    assert longest_s < 2 * TARGET_S
    assert counter.refused > 0.9 * per_s * (SECONDS - SETTLED_S)


def test_however_slow_they_are_a_few_are_always_let_in() -> None:
    counter = Counter(per_s=20)
    counter.ask_for(SECONDS, 3)
    assert counter.limiter.limit == limits.ASKED_AT_ONCE_MIN
    assert len(counter.waits) >= 0.95 * 20 * SECONDS


@pytest.mark.parametrize("times", [0.5, 0.9])
def test_within_what_they_can_do_nobody_is_refused(times: float) -> None:
    counter = Counter(per_s=1_000)
    counter.ask_for(SECONDS, times)
    assert counter.refused == 0


def test_who_goes_away_is_asked_for_little_until_they_are_back() -> None:
    counter = Counter(per_s=1_000, away=(4.0, 7.0))
    counter.ask_for(4.0, 0.9)
    assert counter.refused == 0
    counter.ask_for(3.0, 0.9)
    assert counter.limiter.under_way <= limits.ASKED_AT_ONCE_FIRST
    counter.ask_for(5.0, 0.9)
    before = counter.refused
    counter.ask_for(3.0, 0.9)
    assert counter.refused == before
    assert counter.waited(13.0)[1] < TARGET_S


def test_a_part_that_is_slow_is_not_taken_for_the_whole() -> None:
    """One of two markets is down: its orders take two seconds, the others' are answered at once."""
    now = 0.0
    limiter = Limiter(lambda: now)
    slow: deque[tuple[float, AbstractContextManager[None]]] = deque()
    for tick in range(5_000):
        now = tick * STEP_S
        assert not limiter.is_full
        if tick % 20 == 0:
            request = limiter.asked()
            request.__enter__()
            slow.append((now, request))
        elif tick % 20 == 10:
            with limiter.asked():
                pass
        while slow and now - slow[0][0] > 2.0:
            slow.popleft()[1].__exit__(None, None, None)
    assert limiter.limit >= limits.ASKED_AT_ONCE_FIRST


class Asking(RuleBasedStateMachine):
    """Requests that come, and are answered, in any order and after any time."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.limiter = Limiter(lambda: self.now)
        self.under_way: list[AbstractContextManager[None]] = []

    @rule(count=st.integers(1, 700))
    def ask(self, count: int) -> None:
        for _ in range(count):
            if self.limiter.is_full:
                assert len(self.under_way) >= self.limiter.limit
                return
            assert len(self.under_way) < self.limiter.limit
            request = self.limiter.asked()
            request.__enter__()
            self.under_way.append(request)

    @precondition(lambda self: self.under_way)
    @rule(data=st.data())
    def answer(self, data: st.DataObject) -> None:
        for _ in range(data.draw(st.integers(1, len(self.under_way)))):
            at = data.draw(st.integers(0, len(self.under_way) - 1)) if len(self.under_way) < 9 else 0
            self.under_way.pop(at).__exit__(None, None, None)

    @rule(seconds=st.floats(0, 3))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @invariant()
    def what_is_under_way_is_counted_and_the_limit_has_limits(self) -> None:
        assert self.limiter.under_way == len(self.under_way) <= limits.ASKED_AT_ONCE_MAX
        assert limits.ASKED_AT_ONCE_MIN <= self.limiter.limit <= limits.ASKED_AT_ONCE_MAX


TestAsking = Asking.TestCase
