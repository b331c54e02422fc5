"""Owns the tests of verdicts: who may have won, dead heats, and what each contract pays.

Never tests the market's life, nor what anybody gets: the market's and the positions' tests do.
Called by pytest.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.machines.market_stream.settlement import decide_verdict, shares
from actors.machines.messages.answers import Refused
from actors.machines.messages.commands import SettleMarket
from actors.machines.messages.events import MarketSettled
from actors.machines.messages.parts import FULL_LADDER, Contract, MarketDetails, Share, Verdict
from actors.machines.messages.posted import Instruct
from actors.machines.messages.words import Reason


def details(contracts: int, winner_count: int) -> MarketDetails:
    """A market of contracts 1, 2, 3..., so many of which win."""
    made = tuple(Contract(number, f"C{number}", f"c{number}") for number in range(1, contracts + 1))
    return MarketDetails(3, 1, "Who?", "who", "", 0, made, winner_count, 0, FULL_LADDER)


def decided(
    contracts: int,
    winner_count: int,
    winners: tuple[int, ...],
    dead_heat: tuple[int, ...] = (),
    voided: tuple[int, ...] = (),
) -> Verdict | Refused:
    command = SettleMarket(3, winners, False, "because", dead_heat)
    made = decide_verdict(details(contracts, winner_count), voided, None, Instruct(7, 1, 0, command), command)
    return made.verdict if isinstance(made, MarketSettled) else made


@pytest.mark.parametrize(
    ("contracts", "places", "winners", "dead_heat", "voided", "payouts"),
    [
        (2, 1, (2,), (), (), {2: 10_000}),
        (1, 1, (), (), (), {}),
        (3, 2, (3, 1), (), (), {1: 10_000, 3: 10_000}),
        # Two share one place; three share one: what doesn't divide is the first one's.
        (3, 1, (), (3, 1), (), {1: 5_000, 3: 5_000}),
        (3, 1, (), (1, 2, 3), (), {1: 3_334, 2: 3_333, 3: 3_333}),
        # One is first, three share the two places left.
        (5, 3, (4,), (1, 3, 5), (), {4: 10_000, 1: 6_667, 3: 6_667, 5: 6_666}),
        (3, 1, (2,), (), (1,), {2: 10_000}),
        (3, 1, (), (2, 3), (1,), {2: 5_000, 3: 5_000}),
    ],
)
def test_what_each_contract_pays(
    contracts: int,
    places: int,
    winners: tuple[int, ...],
    dead_heat: tuple[int, ...],
    voided: tuple[int, ...],
    payouts: dict[int, int],
) -> None:
    verdict = decided(contracts, places, winners, dead_heat, voided)
    assert isinstance(verdict, Verdict)
    assert (verdict.payouts, verdict.voided, verdict.void) == (payouts, voided, False)


@pytest.mark.parametrize(
    ("contracts", "places", "winners", "dead_heat", "voided", "reason", "field"),
    [
        (2, 1, (9,), (), (), Reason.CONTRACT_NOT_FOUND, "winners"),
        (2, 1, (), (1, 9), (), Reason.CONTRACT_NOT_FOUND, "dead_heat"),
        (3, 1, (1,), (), (1,), Reason.CONTRACT_NOT_FOUND, "winners"),
        (3, 1, (), (1, 2), (1,), Reason.CONTRACT_NOT_FOUND, "dead_heat"),
        (3, 2, (1, 1), (), (), Reason.INVALID_WINNERS, "winners"),
        (3, 2, (1,), (1, 2), (), Reason.INVALID_WINNERS, "winners"),
        (3, 2, (), (1, 1, 2), (), Reason.INVALID_WINNERS, "winners"),
        (3, 2, (1,), (), (), Reason.INVALID_WINNERS, "winners"),
        (3, 2, (1, 2, 3), (), (), Reason.INVALID_WINNERS, "winners"),
        (3, 2, (), (), (), Reason.INVALID_WINNERS, "winners"),
        (3, 1, (1,), (2, 3), (), Reason.INVALID_WINNERS, "dead_heat"),
        (3, 2, (), (1, 2), (), Reason.INVALID_WINNERS, "dead_heat"),
        (3, 2, (1,), (2,), (), Reason.INVALID_WINNERS, "dead_heat"),
    ],
)
def test_what_a_verdict_is_refused_for(
    contracts: int,
    places: int,
    winners: tuple[int, ...],
    dead_heat: tuple[int, ...],
    voided: tuple[int, ...],
    reason: Reason,
    field: str,
) -> None:
    refused = decided(contracts, places, winners, dead_heat, voided)
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.field) == (reason, field)


def test_a_void_names_nobody_and_the_next_verdict_counts_on() -> None:
    command = SettleMarket(3, (1,), True, "abandoned", (2, 3))
    before = Verdict(4, (1,))
    made = decide_verdict(details(3, 1), (2,), before, Instruct(7, 1, 0, command), command)
    assert made == MarketSettled(3, Verdict(5, (), True, (), (2,)), "abandoned", 7, 1, 0)


@given(st.integers(1, 200), st.data())
def test_shares_are_equal_but_for_a_tick_and_sum_to_the_places(sharing: int, data: st.DataObject) -> None:
    places = data.draw(st.integers(1, sharing))
    made = shares(places, range(1, sharing + 1))
    ticks = [share.share for share in made]
    assert [share.contract_id for share in made] == list(range(1, sharing + 1))
    assert sum(ticks) == places * 10_000
    assert ticks == sorted(ticks, reverse=True)
    assert ticks[0] - ticks[-1] <= 1


def test_nobody_shares_what_is_decided() -> None:
    assert shares(0, ()) == ()
    assert shares(1, (7, 8)) == (Share(7, 5_000), Share(8, 5_000))
