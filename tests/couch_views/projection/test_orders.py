"""Owns the table of what events make of an order's document, and the fills that they add.

Never stores a document.
Called by pytest.
"""

import pytest

from actors.machines.messages.events import Event
from actors.machines.messages.words import OrderState, Reason, Side
from couch_views.shapes import document_id
from tests.couch_views.projection.records import at, fields, placed, project, registered, settled, updated

ORDER = document_id("order", 32)


def test_an_accepted_order_is_pending() -> None:
    documents = project([registered()], [placed(reference_id="mine")])
    assert documents[ORDER] == {
        "_id": "order00000000000000000032",
        "kind": "order",
        "stream": "accounts-0",
        "sequence": 2,
        "account_id": "16",
        "id": "32",
        "state": "pending",
        "market_id": "7",
        "contract_id": "9",
        "side": "buy",
        "type": "good_til_cancelled",
        "price": 5_000,
        "quantity": 10_000,
        "total_executed_quantity": 0,
        "executed_value": 0,
        "average_price": None,
        "available_quantity": 10_000,
        "reference_id": "mine",
        "post_only": False,
        "self_trade": "cancel_taker",
        "good_til": None,
        "challenge_id": None,
        "cancel_reason": None,
        "created_datetime": at(2),
        "last_modified_datetime": at(2),
    }


RESTS = updated(OrderState.CREATED, 10_000)
PART = updated(OrderState.PARTIAL, 6_000, (1, 5_000, 1_000), (2, 4_000, 3_000), taker=True)
REST = updated(OrderState.FILLED, 0, (3, 5_000, 6_000))
CHANGING = (
    "state",
    "total_executed_quantity",
    "executed_value",
    "average_price",
    "available_quantity",
    "cancel_reason",
    "last_modified_datetime",
)


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([RESTS], ("created", 0, 0, None, 10_000, None, at(3))),
        ([PART], ("partial", 4_000, 17_000_000, "4250.00", 6_000, None, at(3))),
        ([PART, REST], ("filled", 10_000, 47_000_000, "4700.00", 0, None, at(3))),
        (
            [PART, updated(OrderState.CANCELLED, 0, reason=Reason.MEMBER_REQUESTED)],
            ("cancelled", 4_000, 17_000_000, "4250.00", 0, "member-requested", at(3)),
        ),
        (
            [updated(OrderState.CANCELLED, 0, (1, 3_333, 1), reason=Reason.INSUFFICIENT_LIQUIDITY)],
            ("cancelled", 1, 3_333, "3333.00", 0, "insufficient-liquidity", at(3)),
        ),
        (
            [updated(OrderState.REJECTED, 0, reason=Reason.MARKET_NOT_OPEN)],
            ("rejected", 0, 0, None, 0, "market-not-open", at(3)),
        ),
        ([PART, REST, settled(0, 0, 0, 32)], ("settled", 10_000, 47_000_000, "4700.00", 0, None, at(9))),
        (
            [PART, REST, settled(0, 0, 0, 32), settled(0, 0, 0, 32, void=True)],
            ("voided", 10_000, 47_000_000, "4700.00", 0, None, at(9)),
        ),
    ],
)
def test_the_markets_word_on_an_order(events: list[Event], expected: tuple[object, ...]) -> None:
    before = project([registered(), placed()])
    after = project(events, documents=before, first=9)
    assert fields(after[ORDER], CHANGING) == dict(zip(CHANGING, expected, strict=True))


def test_what_never_changes_stays() -> None:
    before = project([registered(), placed(reference_id="mine")])
    after = project([PART, REST], documents=before, first=2)
    same = before[ORDER].keys() - set(CHANGING) - {"sequence"}
    assert fields(after[ORDER], same) == fields(before[ORDER], same)


def test_each_execution_of_an_order_is_a_fill() -> None:
    documents = project([registered(), placed(reference_id="mine", side=Side.SELL)], [PART])
    fills = [document for document in documents.values() if document["kind"] == "fill"]
    assert [fields(fill, ("execution_id", "price", "quantity")) for fill in fills] == [
        {"execution_id": "1", "price": 5_000, "quantity": 1_000},
        {"execution_id": "2", "price": 4_000, "quantity": 3_000},
    ]
    assert fills[1] == {
        "_id": document_id("fill", 32, 2),
        "kind": "fill",
        "stream": "accounts-0",
        "sequence": 2,
        "account_id": "16",
        "execution_id": "2",
        "order_id": "32",
        "reference_id": "mine",
        "role": "taker",
        "market_id": "7",
        "contract_id": "9",
        "side": "buy",
        "price": 4_000,
        "quantity": 3_000,
        "created_datetime": at(3),
    }


def test_fills_of_a_resting_order_are_the_makers() -> None:
    documents = project([registered(), placed()], [RESTS], [REST])
    [fill] = [document for document in documents.values() if document["kind"] == "fill"]
    assert fields(fill, ("role", "reference_id", "sequence")) == {
        "role": "maker",
        "reference_id": None,
        "sequence": 3,
    }
