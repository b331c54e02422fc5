"""Owns the tests of the rule on exposures: what is found, in which words, and what is gone on from.

Never tests the worst case itself, nor who asks: that is in the tests of positions, orders, money and voiding.
Called by pytest.
"""

import pytest

from actors.auditing.breaches import Breach, Findings, Rule
from actors.auditing.exposures import judge_exposure
from actors.auditing.members import Member
from actors.auditing.positions import Position
from actors.machines.messages.parts import LadderStep, Terms
from actors.machines.messages.voiding import StakesReturned

TERMS = Terms(3, (10, 11), 1, 0, (LadderStep(1, 9_999, 1),))
ELSEWHERE = 7
WAS, IS = 4_000 * 10, 4_000 * 5
"""A bid of 10 at 40 %, of which 5 are left: what the log said of it, and what it is now."""


def judged(market_exposure: int, exposure: int) -> tuple[list[Breach], int, int]:
    """What is found, and the exposures of the market and of the account from then on."""
    member, position, findings = Member("ada", staff=False), Position(), Findings("accounts-0")
    position.open(10, buys=True, price=4_000, quantity=5)
    position.claimed, member.exposure = WAS, WAS + ELSEWHERE
    event = StakesReturned(16, 3, 11, (), market_exposure=market_exposure, exposure=exposure)
    judge_exposure(findings, "a word", event, member, position, TERMS)
    return findings.take(), position.claimed, member.exposure


def test_the_worst_case_and_what_is_elsewhere_are_in_order() -> None:
    assert judged(IS, IS + ELSEWHERE) == ([], IS, IS + ELSEWHERE)


@pytest.mark.parametrize(
    ("market_exposure", "exposure"),
    [
        (IS + 1, IS + 1 + ELSEWHERE),
        (IS - 1, IS - 1 + ELSEWHERE),
        (IS, IS),
        (IS, IS + ELSEWHERE + 1),
        (0, 0),
        (WAS, WAS + ELSEWHERE),
    ],
)
def test_anything_else_is_said_once_and_gone_on_from(market_exposure: int, exposure: int) -> None:
    ((breach,), claimed, total) = judged(market_exposure, exposure)
    assert (breach.rule, breach.market_id) == (Rule.EXPOSURE, 3)
    assert breach.what == (
        f"a word leaves account 16 with an exposure of {market_exposure} in its market and {exposure} in all,"
        f" but the worst case is {IS} there, which makes {IS + ELSEWHERE} in all"
    )
    assert (claimed, total) == (market_exposure, exposure)
