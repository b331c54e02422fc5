"""Owns the tests of what becomes of a challenge's document.

Never tests who may see it.
Called by pytest.
"""

import pytest

from actors.machines.messages.challenges import (
    ChallengeAccepted,
    ChallengeEnded,
    ChallengeEvent,
    ChallengeOffered,
    Offer,
)
from actors.machines.messages.words import ChallengeState, Reason, Side
from tests.couch_views.projection.records import SECOND, at, project

BY_NAME = Offer(32, "ben", 50 * SECOND, "I dare you")
OFFERED = ChallengeOffered(7, 10, 17, 16, "ada", Side.BUY, 4_000, 100_000, BY_NAME, SECOND // 2)
ACCEPTED = ChallengeAccepted(7, 10, 17, 16, Side.BUY, 4_000, 100_000, 10**15 + 17, 48, 32, "ben", 2 * SECOND)
KEY = "challenge00000000000000000017"
NEW = {
    "_id": KEY,
    "kind": "challenge",
    "stream": "markets-1",
    "sequence": 1,
    "challenger_id": "16",
    "opponent_id": "32",
    "acceptor_id": None,
    "id": "17",
    "state": "offered",
    "market_id": "7",
    "contract_id": "10",
    "side": "buy",
    "price": 4_000,
    "quantity": 100_000,
    "stake": "4.00",
    "opponent_stake": "6.00",
    "challenger": "ada",
    "opponent": "ben",
    "acceptor": None,
    "message": "I dare you",
    "expires_datetime": at(50),
    "created_datetime": "1970-01-01T00:00:00.500000Z",
    "last_modified_datetime": "1970-01-01T00:00:00.500000Z",
    "execution": None,
}


def after(*events: ChallengeEvent) -> dict[str, object]:
    return dict(project(*([event] for event in events), stream="markets-1")[KEY])


def test_an_offer_is_as_it_was_said() -> None:
    assert after(OFFERED) == NEW


def test_who_sells_risks_the_rest_and_anyone_is_nobody() -> None:
    sold = ChallengeOffered(7, 10, 17, 16, "ada", Side.SELL, 4_000, 100_000, Offer(0, None, SECOND), 0)
    document = after(sold)
    shown = {
        name: document[name] for name in ("stake", "opponent_stake", "opponent_id", "opponent", "message")
    }
    assert shown == {
        "stake": "6.00",
        "opponent_stake": "4.00",
        "opponent_id": None,
        "opponent": None,
        "message": "",
    }


def test_who_accepts_and_what_was_traded_is_told() -> None:
    changes = {
        "sequence": 2,
        "state": "accepted",
        "acceptor_id": "32",
        "acceptor": "ben",
        "last_modified_datetime": at(2),
        "execution": {
            "execution_id": "1000000000000017",
            "price": 4_000,
            "quantity": 100_000,
            "created_datetime": at(2),
        },
    }
    assert after(OFFERED, ACCEPTED) == NEW | changes


@pytest.mark.parametrize("state", [state for state in ChallengeState if state not in {"offered", "accepted"}])
def test_every_other_end_is_a_state(state: ChallengeState) -> None:
    changes = {"sequence": 2, "state": state.value, "last_modified_datetime": at(2)}
    assert after(OFFERED, ChallengeEnded(7, 17, 16, state, Reason.EXPIRED)) == NEW | changes
