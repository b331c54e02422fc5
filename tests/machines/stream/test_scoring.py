"""Owns the tests of what counted trades come to: results under any verdict, streaks, and their order.

Never plays an exchange.
Called by pytest.
"""

from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.machines.messages.parts import Share, Verdict
from actors.machines.messages.scores import CountedTrade, Result
from actors.machines.messages.words import Side
from actors.machines.money import commission_on
from actors.machines.stream.scoring import CERTAIN, MemberTrades, ScoredMarket, Scores, streak_of

BUY, SELL = Side.BUY, Side.SELL
Trade = tuple[int, Side, int, int]


def counted(*trades: Trade) -> MemberTrades:
    made = MemberTrades()
    for contract_id, side, price, quantity in trades:
        made.count(contract_id, CountedTrade(7, side, price, quantity))
    return made


@pytest.mark.parametrize(
    ("trades", "winners", "expected"),
    [
        # Says 70 % by buying at 40 %: 0.3 off if it wins, 0.7 off if it doesn't.
        ([(1, BUY, 4_000, 10)], (1,), Result(60_000, 40_000, 10, 10 * 6_000**2)),
        ([(1, BUY, 4_000, 10)], (2,), Result(-40_000, 40_000, 10, 10 * 14_000**2)),
        # Says 20 % by selling at 40 %.
        ([(1, SELL, 4_000, 10)], (1,), Result(-60_000, 60_000, 10, 10 * 16_000**2)),
        ([(1, SELL, 4_000, 10)], (2,), Result(40_000, 60_000, 10, 10 * 4_000**2)),
        # Closing a position counts like opening one.
        (
            [(1, BUY, 4_000, 10), (1, SELL, 6_000, 10)],
            (2,),
            Result(20_000, 80_000, 20, 10 * (14_000**2 + 6_000**2)),
        ),
        ([(1, BUY, 5_000, 4), (2, BUY, 5_000, 4)], (1, 2), Result(40_000, 40_000, 8, 8 * 5_000**2)),
    ],
)
def test_a_result_is_made_of_what_was_traded(
    trades: Sequence[Trade], winners: tuple[int, ...], expected: Result
) -> None:
    assert counted(*trades).under(Verdict(1, winners), 0) == expected


def test_trades_in_a_voided_contract_do_not_count() -> None:
    trades = counted((1, BUY, 4_000, 10), (2, BUY, 4_000, 10), (3, SELL, 1_000, 7))
    assert trades.under(Verdict(1, (2,), voided=(1, 3)), 0) == Result(60_000, 40_000, 10, 10 * 6_000**2)
    assert trades.under(Verdict(1, (4,), voided=(1, 2, 3)), 0) is None


def test_a_dead_heat_is_true_in_part() -> None:
    """Bought at 40 %, that is a forecast of 70 %, it pays half: 0.2 off."""
    half = Verdict(1, (), dead_heat=(Share(1, 5_000), Share(2, 5_000)))
    assert counted((1, BUY, 4_000, 10)).under(half, 0) == Result(10_000, 40_000, 10, 10 * 4_000**2)


def test_a_void_market_has_no_result() -> None:
    assert counted((1, BUY, 4_000, 10)).under(Verdict(2, (), void=True), 200) is None


def test_commission_is_taken_of_a_profit_alone() -> None:
    trades = counted((1, BUY, 4_000, 10))
    won, lost = trades.under(Verdict(1, (1,)), 333), trades.under(Verdict(1, (2,)), 333)
    assert won is not None
    assert lost is not None
    assert (won.profit, lost.profit) == (60_000 - 1_998, -40_000)


TRADES = st.lists(
    st.tuples(st.integers(1, 3), st.sampled_from([BUY, SELL]), st.integers(1, 9_999), st.integers(1, 10**10)),
    min_size=1,
    max_size=12,
)


@given(TRADES, st.integers(1, 3), st.integers(0, 5_000))
def test_sums_are_what_each_trade_by_itself_comes_to(
    trades: list[Trade], winner: int, commission: int
) -> None:
    gross, brier = 0, Fraction(0)
    for contract_id, side, price, quantity in trades:
        outcome = int(contract_id == winner)
        gross += quantity * (10_000 * outcome - price) * (1 if side is BUY else -1)
        low, high = (Fraction(price, 10_000), 1) if side is BUY else (0, Fraction(price, 10_000))
        brier += quantity * (Fraction(low + high) / 2 - outcome) ** 2
    result = counted(*trades).under(Verdict(1, (winner,)), commission)
    assert result is not None
    assert result.profit == gross - commission_on(gross, commission)
    assert Fraction(result.brier, CERTAIN**2) == brier
    assert result.volume == sum(trade[3] for trade in trades)


@pytest.mark.parametrize(
    ("profits", "expected"),
    [
        ([], (0, 0)),
        ([5, 5, 5], (3, 3)),
        ([5, 5, -1], (0, 2)),
        ([5, -1, 5, 0, 5], (2, 2)),
        ([5, 5, -1, 5], (1, 2)),
        ([0], (0, 0)),
        ([1, 1, -1, 1], (1, 2)),
    ],
)
def test_what_comes_to_nothing_leaves_a_streak_alone(profits: list[int], expected: tuple[int, int]) -> None:
    assert streak_of(profits) == expected


def test_results_are_in_the_order_of_first_verdicts() -> None:
    scores = Scores()
    for market_id, place in ((5, 2), (6, 1), (7, 3)):
        market = scores.markets[market_id] = ScoredMarket()
        market.place = place
        market.members[1] = MemberTrades()
    first, second, third = (Result(profit, 1, 1, 1) for profit in (1, 2, 3))
    scores.markets[5].members[1].result = first
    scores.markets[6].members[1].result = second
    scores.scored[1] = {5: None, 6: None}
    assert list(scores.results_of(1, 7, third)) == [(6, second), (5, first), (7, third)]
    assert list(scores.results_of(1, 5, None)) == [(6, second)]


def test_links_are_known_from_either_side() -> None:
    scores = Scores()
    scores.links[1] = {2: None}
    assert scores.are_linked(1, 2)
    assert scores.are_linked(2, 1)
    assert not scores.are_linked(1, 3)
