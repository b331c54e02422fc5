"""Owns the table of what a market's life makes of its document, and what a new market starts with.

Never trades.
Called by pytest.
"""

from typing import cast

import pytest

from actors.machines.messages.events import (
    Event,
    MarketClosed,
    MarketHalted,
    MarketOpened,
    MarketSettled,
    MarketTurnedInPlay,
)
from actors.machines.messages.parts import Share, Verdict
from couch_views.shapes import Document, MarketDocument, document_id
from tests.couch_views.projection.records import at, market_created, project

MARKET = document_id("market", 7)


def market_of(documents: dict[str, Document]) -> MarketDocument:
    return cast("MarketDocument", documents[MARKET])


def test_a_new_market_is_a_draft() -> None:
    assert project([market_created()], stream="markets-1")[MARKET] == {
        "_id": "market00000000000000000007",
        "kind": "market",
        "stream": "markets-1",
        "sequence": 1,
        "id": "7",
        "event_id": "5",
        "name": "Winner",
        "slug": "winner",
        "state": "draft",
        "winner_count": 1,
        "commission": "0.02",
        "price_ladder": [{"from": 1, "to": 9_999, "step": 1}],
        "rules": "The winner.",
        "display_order": 3,
        "created_datetime": at(1),
        "version": 1,
        "in_play": False,
        "in_play_delay_ms": 0,
        "quantity_max": 10_000_000_000,
        "cross_matching": False,
        "opening_auction_s": None,
        "closing_auction_s": None,
        "contracts": [
            {
                "id": "9",
                "market_id": "7",
                "name": "Contract 9",
                "slug": "contract-9",
                "display_order": 0,
                "state_or_outcome": "draft",
                "payout": None,
            },
            {
                "id": "10",
                "market_id": "7",
                "name": "Contract 10",
                "slug": "contract-10",
                "display_order": 1,
                "state_or_outcome": "draft",
                "payout": None,
            },
        ],
    }


def test_a_new_market_has_empty_books_and_no_volume() -> None:
    documents = project([market_created()], stream="markets-1")
    head: dict[str, object] = {"stream": "markets-1", "sequence": 1, "market_id": "7"}
    untraded = {"volume": 0, "last_executed_price": None, "timestamp": None}
    del documents[MARKET]
    assert {identity: found for identity, found in documents.items() if found["kind"] != "news"} == {
        document_id("trading", 7): {
            "_id": document_id("trading", 7),
            "kind": "trading",
            "volume": 0,
            "contracts": {"9": untraded, "10": untraded},
            **head,
        },
        **{
            document_id("quotes", 7, contract): {
                "_id": document_id("quotes", 7, contract),
                "kind": "quotes",
                "contract_id": str(contract),
                "bids": [],
                "offers": [],
                **head,
            }
            for contract in (9, 10)
        },
    }


def verdict(version: int, *winners: int, void: bool = False) -> MarketSettled:
    return MarketSettled(7, Verdict(version, winners, void), f"reason {version}", 16, 1, 0)


@pytest.mark.parametrize(
    ("events", "state", "outcomes"),
    [
        ([MarketOpened(7)], "open", ["open", "open"]),
        ([MarketOpened(7), MarketHalted(7)], "halted", ["halted", "halted"]),
        ([MarketOpened(7), MarketHalted(7), MarketOpened(7)], "open", ["open", "open"]),
        ([MarketOpened(7), MarketClosed(7)], "closed", ["closed", "closed"]),
        ([MarketClosed(7), verdict(1, 10)], "settled", ["loser", "winner"]),
        ([MarketClosed(7), verdict(1, 10), verdict(2, 9)], "settled", ["winner", "loser"]),
        ([MarketClosed(7), verdict(1, void=True)], "voided", ["voided", "voided"]),
        ([MarketClosed(7), verdict(1, void=True), verdict(2, 9)], "settled", ["winner", "loser"]),
    ],
)
def test_contracts_follow_their_market(events: list[Event], state: str, outcomes: list[str]) -> None:
    market = market_of(project([market_created()], events, stream="markets-1"))
    assert market["state"] == state
    assert [contract["state_or_outcome"] for contract in market["contracts"]] == outcomes


def test_what_contracts_pay_is_shown_while_the_market_is_settled() -> None:
    heat = MarketSettled(7, Verdict(1, (), dead_heat=(Share(9, 5_001), Share(10, 4_999))), "tied", 16, 1, 0)
    shared = market_of(project([market_created()], [MarketClosed(7), heat]))
    assert [(each["state_or_outcome"], each["payout"]) for each in shared["contracts"]] == [
        ("dead_heat", 5_001),
        ("dead_heat", 4_999),
    ]
    won = market_of(project([market_created()], [MarketClosed(7), heat, verdict(2, 9)]))
    assert [each["payout"] for each in won["contracts"]] == [10_000, 0]
    void = market_of(project([market_created()], [MarketClosed(7), heat, verdict(2, void=True)]))
    assert [each["payout"] for each in void["contracts"]] == [None, None]


def test_each_step_is_another_version_and_play_begins_once() -> None:
    seen = []
    for end in range(5):
        events: list[Event] = [MarketOpened(7), MarketHalted(7), MarketTurnedInPlay(7), MarketClosed(7)]
        market = market_of(project([market_created()], events[:end]))
        seen.append((market["version"], market["in_play"], market["state"]))
    assert seen == [
        (1, False, "draft"),
        (2, False, "open"),
        (3, False, "halted"),
        (4, True, "halted"),
        (5, True, "closed"),
    ]


def test_the_last_verdicts_reason_is_shown() -> None:
    before = market_of(project([market_created()], [MarketClosed(7)]))
    assert "settlement_reason" not in before
    after = market_of(project([market_created()], [verdict(1, 9), verdict(2, 10)]))
    assert after["settlement_reason"] == "reason 2"


@pytest.mark.parametrize(
    ("events", "reason"),
    [
        ([MarketOpened(7), MarketHalted(7)], None),
        (
            [MarketOpened(7), MarketHalted(7, "auditor: cause at accounts-0:8")],
            "auditor: cause at accounts-0:8",
        ),
        ([MarketHalted(7, "fire", by_switch=True), MarketHalted(7)], None),
        ([MarketHalted(7, "fire", by_switch=True), MarketOpened(7)], None),
    ],
)
def test_why_the_exchange_itself_halted_it_is_shown_while_it_is_halted(
    events: list[Event], reason: str | None
) -> None:
    assert market_of(project([market_created()], events)).get("halt_reason") == reason
