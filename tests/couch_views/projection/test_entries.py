"""Owns the table of what documents hold of each kind of entry.

Never says how much of it anybody sees.
Called by pytest.
"""

import pytest

from actors.machines.messages.activity import (
    KIND_OF,
    Content,
    Entry,
    EntryAdded,
    JoinedContent,
    NewsContent,
)
from actors.machines.messages.trading_entries import (
    Counterparty,
    FillContent,
    OrderContent,
    PositionContent,
    SettlementContent,
)
from actors.machines.messages.words import Side, TimeInForce
from couch_views.json_values import Json
from couch_views.projection.entries import CONTENTS
from tests.couch_views.projection.records import UNIT, at, fields, project

BUY = Side.BUY


def added(content: Content, account_id: int = 16) -> EntryAdded:
    username = "alice" if account_id else ""
    entry = Entry(35, account_id, username, 7, 3, content, 1_000_000)
    return EntryAdded(entry, {"member/16": 4, "exchange": 9}, ("market/7",))


def test_every_kind_of_content_is_written() -> None:
    assert CONTENTS.keys() == KIND_OF.keys()


def test_an_entry_has_a_document_of_the_social_stream_that_it_stands_in() -> None:
    assert project([added(JoinedContent())], stream="social-3") == {
        "entry0000000000000000000300000000000000000035": {
            "_id": "entry0000000000000000000300000000000000000035",
            "kind": "entry",
            "stream": "social-3",
            "sequence": 1,
            "id": "35",
            "type": "joined",
            "account_id": "16",
            "username": "alice",
            "market_id": "7",
            "event_id": "3",
            "places": ["member00000000000000000016", "exchange"],
            "content": {},
            "created_datetime": at(1),
        }
    }


def test_an_entry_may_be_nobody_s() -> None:
    (document,) = project([added(NewsContent("opened"), 0)], stream="social-0").values()
    assert fields(document, ["account_id", "username"]) == {"account_id": None, "username": None}


def test_orders_stand_beside_the_stream() -> None:
    order = OrderContent(33, 1, BUY, 4_000, 10, TimeInForce.GOOD_TIL_CANCELLED)
    (document,) = project([added(order)], stream="social-0").values()
    assert fields(document, ["places"]) == {"places": ["orders00000000000000000016"]}


@pytest.mark.parametrize(
    ("content", "written"),
    [
        (NewsContent("opened"), {"step": "opened", "reason": None, "winners": []}),
        (
            NewsContent("settled", "so it is", (1, 2)),
            {"step": "settled", "reason": "so it is", "winners": ["1", "2"]},
        ),
        (
            OrderContent(33, 1, BUY, 4_000, 10, TimeInForce.IMMEDIATE_OR_CANCEL),
            {
                "order_id": "33",
                "contract_id": "1",
                "side": "buy",
                "type": "immediate_or_cancel",
                "price": 4_000,
                "quantity": 10,
            },
        ),
        (
            FillContent(33, 1, BUY, 3, 10_000, maker=True, counterparties=(Counterparty(17, 3, 10_000),)),
            {
                "order_id": "33",
                "contract_id": "1",
                "side": "buy",
                "role": "maker",
                "average_price": "3333.3333",
                "quantity": 3,
                "challenge_id": None,
            },
        ),
        (
            FillContent(33, 1, BUY, 2, 8_000, maker=False, counterparties=(), challenge_id=49),
            {
                "order_id": "33",
                "contract_id": "1",
                "side": "buy",
                "role": "taker",
                "average_price": "4000.00",
                "quantity": 2,
                "challenge_id": "49",
            },
        ),
        (
            PositionContent(True, 1, BUY, 2, 8_000),
            {
                "step": "opened",
                "contract_id": "1",
                "side": "buy",
                "average_price": "4000.00",
                "quantity": 2,
                "profit": None,
            },
        ),
        (
            PositionContent(False, 1, BUY, 2, 8_000, -3 * UNIT),
            {
                "step": "closed",
                "contract_id": "1",
                "side": "buy",
                "average_price": "4000.00",
                "quantity": 2,
                "profit": "-3.00",
            },
        ),
        (
            SettlementContent(False, 5 * UNIT, UNIT, 1),
            {"step": "settled", "outcome": "won", "profit": "4.00", "commission": "1.00"},
        ),
        (
            SettlementContent(True, 0, 0, 2),
            {"step": "corrected", "outcome": "void", "profit": "0.00", "commission": "0.00"},
        ),
    ],
)
def test_what_is_held_of_a_kind(content: Content, written: dict[str, Json]) -> None:
    (document,) = project([added(content)], stream="social-0").values()
    assert fields(document, ["type", "content"]) == {"type": KIND_OF[type(content)], "content": written}
