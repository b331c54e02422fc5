"""Owns the tests of the rules on challenges: a lawful history of them, and a table of falsified events.

Never repeats what holds for any order: test_trading.py has it.
Called by pytest.
"""

import pytest

from actors.auditing.breaches import Rule
from actors.machines.messages.answers import Refused
from actors.machines.messages.book_events import OrderRejected
from actors.machines.messages.challenges import (
    ChallengeAccepted,
    ChallengeEnded,
    ChallengeOffered,
    ChallengeResult,
    Offer,
    OfferedTerms,
)
from actors.machines.messages.events import (
    InstructionAnswered,
    MarketClosed,
    MarketHalted,
    OrderPlaced,
    OrderUpdated,
)
from actors.machines.messages.parts import Fill
from actors.machines.messages.words import ChallengeState, Reason, Side
from tests.auditing.recorded import (
    Change,
    after,
    audited,
    doubled,
    duels,
    falsified,
    fields,
    followed_by,
    found_in,
    removed,
    rules,
)
from tests.machines.town import LOT, UNIT

DECLINED, WITHDRAWN, EXPIRED, CANCELLED = range(4)
"""Which of the history's ends is which."""
OTHER_TERMS = OfferedTerms(1, Side.BUY, 4_001, 10 * LOT, 32)
LATER = ChallengeAccepted(1, 1, 17, 17, Side.BUY, 4_000, 10 * LOT, 10**15 + 17, 32, 32, "bob", 1)


def test_a_lawful_history_of_challenges_breaches_nothing() -> None:
    assert audited(duels()) == []
    ends = [
        event.state for entry in duels() for event in entry.body.events if isinstance(event, ChallengeEnded)
    ]
    assert ends == [
        ChallengeState.DECLINED,
        ChallengeState.WITHDRAWN,
        ChallengeState.EXPIRED,
        ChallengeState.CANCELLED,
    ]


@pytest.mark.parametrize(
    ("kind", "nth", "change", "rule"),
    [
        # Offered.
        (ChallengeOffered, 0, doubled, Rule.CHALLENGE),
        (ChallengeOffered, 0, fields(market_id=9), Rule.LIFE),
        (ChallengeOffered, 0, fields(contract_id=9), Rule.CHALLENGE),
        (ChallengeOffered, 0, fields(offer=Offer(0, None, 1)), Rule.CHALLENGE),
        (ChallengeOffered, 0, fields(offer=Offer(17, "alice", 10**9)), Rule.CHALLENGE),
        (ChallengeOffered, 0, after(MarketHalted(1)), Rule.LIFE),
        (ChallengeOffered, 0, fields(price=4_001), Rule.CAUSE),
        (ChallengeOffered, 0, fields(username="bob"), Rule.CAUSE),
        (ChallengeOffered, 0, removed, Rule.CAUSE),
        # Accepted: once, as offered, in time, by who may.
        (ChallengeAccepted, 0, doubled, Rule.CHALLENGE),
        (ChallengeAccepted, 0, removed, Rule.CAUSE),
        (ChallengeAccepted, 0, after(MarketHalted(1)), Rule.LIFE),
        (ChallengeAccepted, 0, fields(price=4_001), Rule.CHALLENGE),
        (ChallengeAccepted, 0, fields(price=4_001), Rule.CAUSE),
        (ChallengeAccepted, 0, fields(quantity=LOT), Rule.CHALLENGE),
        (ChallengeAccepted, 0, fields(side=Side.SELL), Rule.CHALLENGE),
        (ChallengeAccepted, 0, fields(account_id=32), Rule.CHALLENGE),
        (ChallengeAccepted, 0, fields(acceptor_id=16), Rule.CHALLENGE),
        (ChallengeAccepted, 0, fields(acceptor="carol"), Rule.CAUSE),
        (ChallengeAccepted, 0, fields(time=10**9), Rule.CHALLENGE),
        (ChallengeAccepted, 0, fields(execution_id=1), Rule.CHALLENGE),
        (ChallengeAccepted, 0, fields(market_id=9), Rule.LIFE),
        # Ended: for a cause, and then for good.
        (ChallengeEnded, DECLINED, removed, Rule.CAUSE),
        (ChallengeEnded, DECLINED, fields(offered=OTHER_TERMS), Rule.CHALLENGE),
        (ChallengeEnded, DECLINED, doubled, Rule.CHALLENGE),
        (ChallengeEnded, DECLINED, doubled, Rule.CAUSE),
        (ChallengeEnded, DECLINED, fields(challenge_id=17), Rule.CHALLENGE),
        (ChallengeEnded, DECLINED, fields(account_id=32), Rule.CHALLENGE),
        (ChallengeEnded, DECLINED, fields(state=ChallengeState.WITHDRAWN), Rule.CAUSE),
        (ChallengeEnded, DECLINED, fields(reason=Reason.EXPIRED), Rule.CHALLENGE),
        (ChallengeEnded, WITHDRAWN, removed, Rule.CAUSE),
        (ChallengeEnded, WITHDRAWN, fields(state=ChallengeState.EXPIRED), Rule.CHALLENGE),
        (ChallengeEnded, WITHDRAWN, fields(state=ChallengeState.DECLINED), Rule.CAUSE),
        (ChallengeEnded, WITHDRAWN, fields(state=ChallengeState.CANCELLED), Rule.CHALLENGE),
        (ChallengeEnded, WITHDRAWN, followed_by(LATER), Rule.CHALLENGE),
        (ChallengeEnded, EXPIRED, fields(state=ChallengeState.WITHDRAWN), Rule.CAUSE),
        (ChallengeEnded, EXPIRED, fields(state=ChallengeState.CANCELLED), Rule.CAUSE),
        (ChallengeEnded, EXPIRED, fields(state=ChallengeState.DECLINED), Rule.CHALLENGE),
        (ChallengeEnded, CANCELLED, removed, Rule.LIFE),
        (ChallengeEnded, CANCELLED, fields(state=ChallengeState.EXPIRED), Rule.CHALLENGE),
        (MarketClosed, 0, removed, Rule.CAUSE),
        # What the two are told, and what their orders come to.
        (OrderRejected, 0, removed, Rule.CAUSE),
        (OrderPlaced, 0, fields(quantity=LOT), Rule.EXPOSURE),
        (OrderPlaced, 0, fields(offer=None), Rule.TOLD),
        (OrderPlaced, 0, fields(challenge_id=0, offer=None), Rule.TOLD),
        (OrderUpdated, 0, fields(exposure=4 * UNIT - 1), Rule.EXPOSURE),
    ],
)
def test_a_falsified_event_is_found(kind: type, nth: int, change: Change, rule: Rule) -> None:
    assert rule in found_in(kind, change, nth, duels)


def test_both_sides_have_the_same_fill() -> None:
    """The updates of the two that are fills: with another price, neither is the market's word."""
    events = [event for entry in duels() for event in entry.body.events]
    updates = [event for event in events if isinstance(event, OrderUpdated)]
    fills = [nth for nth, event in enumerate(updates) if event.fills]
    assert len(fills) == 2
    for nth in fills:
        entries, _ = falsified(OrderUpdated, fields(fills=(Fill(1, 3_999, 10 * LOT),)), nth, duels)
        assert Rule.CAUSE in rules(audited(entries))


def test_a_decline_is_answered_by_what_became_of_it() -> None:
    events = [event for entry in duels() for event in entry.body.events]
    answers = [event for event in events if isinstance(event, InstructionAnswered)]
    (nth,) = (nth for nth, event in enumerate(answers) if isinstance(event.result, ChallengeResult))
    refused = fields(result=Refused(Reason.TOO_LATE))
    assert Rule.CAUSE in found_in(InstructionAnswered, refused, nth, duels)
