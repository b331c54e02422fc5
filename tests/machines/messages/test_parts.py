"""Owns the tests of the parts that know something: ladders, terms, details.

Never tests data alone.
Called by pytest.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actors.machines.messages.parts import FULL_LADDER, Contract, LadderStep, MarketDetails, Terms


@pytest.mark.parametrize(("lowest", "highest", "step"), [(2, 1, 1), (1, 4, 2), (1000, 9000, 3000)])
def test_a_ladder_step_is_whole_steps(lowest: int, highest: int, step: int) -> None:
    with pytest.raises(ValueError, match="whole steps"):
        LadderStep(lowest, highest, step)


@pytest.mark.parametrize(
    ("price", "allowed"),
    [(99, False), (100, True), (150, True), (125, False), (200, True), (201, True), (9901, False)],
)
def test_a_price_is_on_the_ladder_if_any_step_has_it(price: int, allowed: bool) -> None:
    terms = Terms(1, (1,), 1, 0, (LadderStep(100, 200, 50), LadderStep(201, 9900, 1)))
    assert terms.allows(price) is allowed


@pytest.mark.parametrize(
    ("price", "nearest"),
    [
        (1, (100,)),
        (99, (100,)),
        (101, (100, 150)),
        (149, (100, 150)),
        (260, (200, 300)),
        (299, (200, 300)),
        (301, (300, 500)),
        (499, (300, 500)),
        (701, (700,)),
        (9_999, (700,)),
    ],
)
def test_the_prices_beside_one_that_is_not_on_the_ladder(price: int, nearest: tuple[int, ...]) -> None:
    ladder = (LadderStep(300, 700, 200), LadderStep(100, 200, 50))
    assert Terms(1, (1,), 1, 0, ladder).nearest(price) == nearest


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 9_999), st.integers(1, 200), st.integers(1, 30), st.integers(1, 500))
def test_nothing_on_the_ladder_is_nearer(price: int, lowest: int, steps: int, step: int) -> None:
    ladder = (LadderStep(lowest, min(9_999, lowest + step * (min(steps, (9_999 - lowest) // step))), step),)
    terms = Terms(1, (1,), 1, 0, ladder)
    allowed = [each for each in range(1, 10_000) if terms.allows(each)]
    below = [each for each in allowed if each < price][-1:]
    above = [each for each in allowed if each > price][:1]
    if price not in allowed:
        assert terms.nearest(price) == (*below, *above)


def test_the_full_ladder_has_every_tick() -> None:
    terms = Terms(1, (1,), 1, 0, FULL_LADDER)
    assert [price for price in range(10_001) if not terms.allows(price)] == [0, 10_000]


def test_terms_are_what_trading_rests_on() -> None:
    contracts = (Contract(4, "A", "a"), Contract(5, "B", "b"))
    details = MarketDetails(3, 1, "Who?", "who", "rules", 0, contracts, 1, 200, FULL_LADDER)
    assert details.terms == Terms(3, (4, 5), 1, 200, FULL_LADDER)
