"""Owns the cases of what staff does: an action is written when it is asked for, its outcome when it is known.

Never stores a document.
Called by pytest.
"""

from typing import get_args

import pytest

from actors.machines.messages.answers import CancelledResult, Refused
from actors.machines.messages.commands import (
    ChangeEvent,
    ChangeExchangeState,
    ChangeMarketState,
    ChangeRoles,
    CreateEvent,
    CreateMarket,
    PostedCommand,
    SettleMarket,
    TurnInPlay,
)
from actors.machines.messages.events import InstructionSent, ItemAnswered, MoneyMoveSent
from actors.machines.messages.voiding import VoidContract
from actors.machines.messages.words import EventState, ExchangeState, MarketState, Reason, Role
from couch_views.projection.actions import action_id
from couch_views.shapes import action_document_id, outcome_document_id
from tests.couch_views.projection.records import SECOND, UNIT, at, project

WHO = 33
"""An account of accounts-1."""
SENT = (WHO, 5, 0, "markets-0")


def test_an_action_says_who_what_why_and_when() -> None:
    asked = InstructionSent(*SENT, ChangeMarketState(7, MarketState.HALTED, "a goal"), 3 * SECOND)
    identity = action_id(WHO, 5, 0)
    assert project([asked], stream="accounts-1") == {
        action_document_id(3 * SECOND, identity): {
            "_id": action_document_id(3 * SECOND, identity),
            "kind": "action",
            "stream": "accounts-1",
            "sequence": 1,
            "id": str(identity),
            "account_id": "33",
            "action": "change-market-state",
            "details": {"market_id": "7", "state": "halted"},
            "reason": "a goal",
            "created_datetime": at(3),
        }
    }


ROWS: list[tuple[PostedCommand, str, dict[str, str]]] = [
    (CreateEvent("Cup", "sport", 1), "create-event", {"name": "Cup", "type": "sport"}),
    (ChangeEvent(4), "change-event", {"event_id": "4"}),
    (
        ChangeEvent(4, "C", "t", SECOND, "d", EventState.LIVE),
        "change-event",
        {
            "event_id": "4",
            "name": "C",
            "type": "t",
            "description": "d",
            "state": "live",
            "start_datetime": at(1),
        },
    ),
    (CreateMarket(4, "Winner", ("A",)), "create-market", {"event_id": "4", "name": "Winner"}),
    (ChangeMarketState(7, MarketState.OPEN), "change-market-state", {"market_id": "7", "state": "open"}),
    (SettleMarket(7, (8, 9), False, "r"), "settle-market", {"market_id": "7", "winners": "8,9"}),
    (
        SettleMarket(7, (8,), False, "r", (9, 10)),
        "settle-market",
        {"market_id": "7", "winners": "8", "dead_heat": "9,10"},
    ),
    (TurnInPlay(7, "r"), "turn-in-play", {"market_id": "7"}),
    (VoidContract(7, 8, "r"), "void-contract", {"market_id": "7", "contract_id": "8"}),
    (SettleMarket(7, (), True, "r"), "settle-market", {"market_id": "7", "winners": "void"}),
    (ChangeExchangeState(ExchangeState.OPEN), "change-exchange-state", {"state": "open"}),
    (
        ChangeExchangeState(ExchangeState.HALTED, cancel_orders=True),
        "change-exchange-state",
        {"state": "halted", "cancel_orders": "true"},
    ),
    (
        ChangeRoles("ada", (Role.OPERATOR, Role.ADMIN)),
        "change-roles",
        {"username": "ada", "roles": "operator,admin"},
    ),
]


@pytest.mark.parametrize(("command", "name", "details"), ROWS)
def test_what_actions_are_about(command: PostedCommand, name: str, details: dict[str, str]) -> None:
    (document,) = project([InstructionSent(*SENT, command, SECOND)]).values()
    assert (document["action"], document["details"]) == (name, details)  # type: ignore[typeddict-item]


def test_every_command_of_staff_has_a_row() -> None:
    assert {type(command) for command, *_ in ROWS} == set(get_args(PostedCommand))


@pytest.mark.parametrize(("withdrawal", "name"), [(False, "deposit"), (True, "withdrawal")])
def test_moved_money_is_an_action(withdrawal: bool, name: str) -> None:
    moved = MoneyMoveSent(WHO, 5, 0, "accounts-0", "ada", 12 * UNIT, withdrawal, "a gift", SECOND)
    (document,) = project([moved]).values()
    assert document["action"] == name  # type: ignore[typeddict-item]
    assert document["details"] == {"username": "ada", "amount": "12.00"}  # type: ignore[typeddict-item]
    assert document["reason"] == "a gift"  # type: ignore[typeddict-item]


@pytest.mark.parametrize(
    ("result", "outcome", "refusal"),
    [
        (CancelledResult(()), "done", None),
        (Refused(Reason.MARKET_STATE, "The market is draft."), "refused", "The market is draft."),
        (Refused(Reason.INTERNAL), "refused", "internal-error"),
    ],
)
def test_an_outcome_belongs_to_its_action(
    result: CancelledResult | Refused, outcome: str, refusal: str | None
) -> None:
    (document,) = project([ItemAnswered(WHO, 5, 0, result, 3 * SECOND)]).values()
    assert document["_id"] == outcome_document_id(3 * SECOND, action_id(WHO, 5, 0))
    assert (document["outcome"], document["refusal"]) == (outcome, refusal)  # type: ignore[typeddict-item]


def test_what_is_no_action_of_staff_is_no_document() -> None:
    old = InstructionSent(*SENT, CreateEvent("Cup", "sport", 1))
    old_move = MoneyMoveSent(WHO, 5, 0, "accounts-0", "ada", UNIT, False)
    assert project([ItemAnswered(WHO, 5, 0, CancelledResult(())), old, old_move]) == {}


def test_actions_of_different_requests_items_and_streams_differ() -> None:
    places = [(account, request, item) for account in (32, 33) for request in (1, 2) for item in (0, 99)]
    assert len({action_id(*place) for place in places}) == len(places)
