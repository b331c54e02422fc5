"""Owns the tests of a challenge's life: every transition, every rung, whom the market's word reaches.

Never tests funds on their way: that is the test of what account streams decide.
Called by pytest.
"""

import pytest

from actors.machines import limits
from actors.machines.market_stream.challenge import TRANSITIONS, Challenge, Challenges
from actors.machines.messages.answers import Refused
from actors.machines.messages.book_events import OrderRejected
from actors.machines.messages.challenges import (
    ChallengeAccepted,
    ChallengeEnded,
    ChallengeOffered,
    ChallengeResult,
    DeclineChallenge,
    Offer,
    OfferedTerms,
    SubmitAcceptance,
    SubmitOffer,
)
from actors.machines.messages.events import (
    InstructionAnswered,
)
from actors.machines.messages.posted import Instruct
from actors.machines.messages.words import ChallengeState, Reason, Side

ALICE, BOB, CAROL = 16, 17, 32
NAMED = Offer(BOB, "bob", 5_000, "I dare you")
OPEN = Offer(0, None, 5_000)
EXECUTION = limits.CHALLENGE_EXECUTIONS_FROM + 160
ACCEPTED = ChallengeAccepted(3, 10, 160, ALICE, Side.BUY, 4_000, 50, EXECUTION, 161, BOB, "bob", 100)
TERMS = OfferedTerms(10, Side.BUY, 4_000, 50, BOB)


def ended(state: ChallengeState) -> ChallengeEnded:
    return ChallengeEnded(3, 160, ALICE, state, Reason.EXPIRED, TERMS)


def submitted(offer: Offer = NAMED, challenge_id: int = 160) -> SubmitOffer:
    return SubmitOffer(3, 10, challenge_id, ALICE, "alice", Side.BUY, 4_000, 50, offer, 7)


def taken(
    account_id: int = BOB,
    contract_id: int = 10,
    side: Side = Side.SELL,
    price: int = 4_000,
    quantity: int = 50,
    challenge_id: int = 160,
) -> SubmitAcceptance:
    return SubmitAcceptance(3, contract_id, challenge_id, 161, account_id, "bob", side, price, quantity)


def challenges(offer: Offer = NAMED) -> Challenges:
    made = Challenges()
    event = made.decide_offer(submitted(offer), None, 10)
    assert isinstance(event, ChallengeOffered)
    made.offered(event)
    return made


@pytest.mark.parametrize("before", ChallengeState)
@pytest.mark.parametrize("after", ChallengeState)
def test_every_step_is_in_the_table_or_changes_nothing(before: ChallengeState, after: ChallengeState) -> None:
    offered = challenges().decide_offer(submitted(), None, 10)
    assert isinstance(offered, ChallengeOffered)
    challenge = Challenge(offered)
    challenge.state = before
    if after in TRANSITIONS[before]:
        challenge.move_to(after)
        assert challenge.state is after
    else:
        with pytest.raises(AssertionError, match="challenge 160"):
            challenge.move_to(after)
        assert challenge.state is before


def test_it_begins_as_offered_and_ends_once() -> None:
    assert TRANSITIONS[None] == {ChallengeState.OFFERED}
    ends = TRANSITIONS[ChallengeState.OFFERED]
    assert {*ChallengeState} == {ChallengeState.OFFERED, *ends}
    assert not any(TRANSITIONS[state] for state in ends)


@pytest.mark.parametrize("state", sorted(TRANSITIONS[ChallengeState.OFFERED]))
def test_every_end_takes_it_out(state: ChallengeState) -> None:
    held = challenges()
    event = ACCEPTED if state is ChallengeState.ACCEPTED else ended(state)
    challenge = held.ended(event)
    assert challenge.state is state
    assert held.open == {}


@pytest.mark.parametrize(
    ("offer", "closed", "time", "reason"),
    [
        (NAMED, None, 4_999, None),
        (OPEN, None, 4_999, None),
        (NAMED, None, 5_000, Reason.EXPIRED),
        (NAMED, Reason.MARKET_NOT_OPEN, 5_000, Reason.MARKET_NOT_OPEN),
    ],
)
def test_an_offer_is_held_or_refused(
    offer: Offer, closed: Reason | None, time: int, reason: Reason | None
) -> None:
    event = Challenges().decide_offer(submitted(offer), closed, time)
    if reason is None:
        expected = ChallengeOffered(3, 10, 160, ALICE, "alice", Side.BUY, 4_000, 50, offer, 7)
        assert event == expected
    else:
        assert event == OrderRejected(3, 160, ALICE, reason)


def test_a_market_holds_so_many_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "OPEN_CHALLENGES_PER_MARKET_MAX", 1)
    event = challenges().decide_offer(submitted(challenge_id=176), None, 10)
    assert event == OrderRejected(3, 176, ALICE, Reason.LIMIT_EXCEEDED)


@pytest.mark.parametrize(
    ("offer", "acceptance", "closed", "time", "reason"),
    [
        (NAMED, taken(), None, 4_999, None),
        (OPEN, taken(), None, 4_999, None),
        (OPEN, taken(CAROL), None, 4_999, None),
        (NAMED, taken(), Reason.MARKET_NOT_OPEN, 10, Reason.MARKET_NOT_OPEN),
        (NAMED, taken(challenge_id=176), Reason.MARKET_SETTLED, 10, Reason.MARKET_SETTLED),
        (NAMED, taken(challenge_id=176), None, 10, Reason.TOO_LATE),
        (NAMED, taken(), None, 5_000, Reason.TOO_LATE),
        (NAMED, taken(ALICE), None, 10, Reason.CROSSED_SELF),
        (OPEN, taken(ALICE), None, 10, Reason.CROSSED_SELF),
        (NAMED, taken(CAROL), None, 10, Reason.NOT_ALLOWED),
        (NAMED, taken(contract_id=11), None, 10, Reason.TERMS_DIFFER),
        (NAMED, taken(side=Side.BUY), None, 10, Reason.TERMS_DIFFER),
        (NAMED, taken(price=4_001), None, 10, Reason.TERMS_DIFFER),
        (NAMED, taken(quantity=49), None, 10, Reason.TERMS_DIFFER),
    ],
)
def test_an_acceptance_is_a_trade_or_refused(
    offer: Offer, acceptance: SubmitAcceptance, closed: Reason | None, time: int, reason: Reason | None
) -> None:
    event = challenges(offer).decide_acceptance(acceptance, closed, time)
    if reason is not None:
        assert event == OrderRejected(3, 161, acceptance.account_id, reason)
        return
    who = acceptance.account_id
    assert event == ChallengeAccepted(
        3, 10, 160, ALICE, Side.BUY, 4_000, 50, EXECUTION, 161, who, "bob", time
    )


def test_the_opponent_declines_and_is_answered() -> None:
    command = DeclineChallenge(3, 160)
    events = challenges().decide_decline(Instruct(BOB, 1, 0, command), command)
    result = ChallengeResult(3, 160, ChallengeState.DECLINED)
    assert events == [
        ChallengeEnded(3, 160, ALICE, ChallengeState.DECLINED, Reason.DECLINED, TERMS),
        InstructionAnswered(BOB, 1, 0, result),
    ]


@pytest.mark.parametrize(
    ("offer", "who", "challenge_id", "reason"),
    [
        (NAMED, BOB, 176, Reason.TOO_LATE),
        (NAMED, CAROL, 160, Reason.NOT_ALLOWED),
        (NAMED, ALICE, 160, Reason.NOT_ALLOWED),
        (OPEN, BOB, 160, Reason.NOT_ALLOWED),
    ],
)
def test_nobody_else_declines(offer: Offer, who: int, challenge_id: int, reason: Reason) -> None:
    command = DeclineChallenge(3, challenge_id)
    refused = challenges(offer).decide_decline(Instruct(who, 1, 0, command), command)
    assert isinstance(refused, Refused)
    assert refused.reason is reason


def test_it_is_withdrawn_while_it_is_open() -> None:
    held = challenges()
    withdrawn = ChallengeEnded(3, 160, ALICE, ChallengeState.WITHDRAWN, Reason.MEMBER_REQUESTED, TERMS)
    assert held.decide_withdrawal(3, 160, Reason.MEMBER_REQUESTED) == withdrawn
    assert held.decide_withdrawal(3, 176, Reason.MEMBER_REQUESTED) is None


def test_all_are_cancelled_oldest_first() -> None:
    held = challenges()
    second = held.decide_offer(submitted(challenge_id=176), None, 10)
    assert isinstance(second, ChallengeOffered)
    held.offered(second)
    everything = held.decide_cancel(3, Reason.MARKET_HALTED)
    assert [event.challenge_id for event in everything] == [160, 176]
    assert held.decide_cancel(3, Reason.MARKET_HALTED, 1) == everything[:1]
    assert everything[0].state is ChallengeState.CANCELLED


def test_its_time_ends_it() -> None:
    assert challenges().decide_expiry(3, 160) == ended(ChallengeState.EXPIRED)
