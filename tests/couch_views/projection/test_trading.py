"""Owns the cases of trading: drawn quotes after drawn events, volumes, executions.

Never stores a document.
Called by pytest.
"""

import random
from typing import cast

import msgspec
import pytest

from actors.machines.messages.book_events import OrderReduced
from actors.machines.messages.events import Event
from actors.machines.messages.parts import OwnOrder, SetFill, SetLeg
from actors.machines.messages.words import Reason, Side
from couch_views.projection.trading import quotes_of
from couch_views.shapes import (
    Document,
    ExecutionDocument,
    QuotesDocument,
    TradingDocument,
    document_id,
)
from tests.couch_views.projection.records import at, cancelled, in_sets, market_created, matched, project

BUY, SELL = Side.BUY, Side.SELL


def trade(*events: Event) -> dict[str, Document]:
    """The documents of a new market after one more record."""
    return project(events, stream="markets-1", documents=project([market_created()]), first=2)


def quotes_after(*events: Event, contract_id: int = 9) -> tuple[list[list[int]], list[list[int]]]:
    quotes = cast("QuotesDocument", trade(*events)[document_id("quotes", 7, contract_id)])
    return quotes["bids"], quotes["offers"]


def rests(side: Side, price: int, quantity: int, contract_id: int = 9) -> Event:
    return matched(side, price, quantity, left=quantity, contract_id=contract_id)


BOOK = (
    rests(BUY, 4_000, 10),
    rests(BUY, 4_200, 20),
    rests(BUY, 4_100, 30),
    rests(SELL, 5_000, 40),
    rests(SELL, 4_800, 50),
    rests(SELL, 4_900, 60),
)


@pytest.mark.parametrize(
    ("events", "bids", "offers"),
    [
        ((), [[4_200, 20], [4_100, 30], [4_000, 10]], [[4_800, 50], [4_900, 60], [5_000, 40]]),
        (
            (rests(BUY, 4_200, 5), rests(SELL, 4_900, 1)),
            [[4_200, 25], [4_100, 30], [4_000, 10]],
            [[4_800, 50], [4_900, 61], [5_000, 40]],
        ),
        (
            (cancelled(BUY, 4_100, 30), cancelled(SELL, 4_900, 10)),
            [[4_200, 20], [4_000, 10]],
            [[4_800, 50], [4_900, 50], [5_000, 40]],
        ),
        (
            (matched(BUY, 4_900, 70, (1, 4_800, 30), (2, 4_800, 20), (3, 4_900, 20)),),
            [[4_200, 20], [4_100, 30], [4_000, 10]],
            [[4_900, 40], [5_000, 40]],
        ),
        (
            (matched(SELL, 4_150, 25, (1, 4_200, 20), left=5),),
            [[4_100, 30], [4_000, 10]],
            [[4_150, 5], [4_800, 50], [4_900, 60], [5_000, 40]],
        ),
        (
            (matched(SELL, 4_150, 25, (1, 4_200, 20), left=5, reason=Reason.INSUFFICIENT_LIQUIDITY),),
            [[4_100, 30], [4_000, 10]],
            [[4_800, 50], [4_900, 60], [5_000, 40]],
        ),
        (
            (
                msgspec.structs.replace(
                    matched(BUY, 4_850, 25, left=25), cancelled=(OwnOrder(9, 48, SELL, 4_800, 50),)
                ),
            ),
            [[4_850, 25], [4_200, 20], [4_100, 30], [4_000, 10]],
            [[4_900, 60], [5_000, 40]],
        ),
        (
            (msgspec.structs.replace(cancelled(BUY, 4_100, 30), delayed=True),),
            [[4_200, 20], [4_100, 30], [4_000, 10]],
            [[4_800, 50], [4_900, 60], [5_000, 40]],
        ),
        (
            (OrderReduced(7, 9, 32, 16, BUY, 4_100, 20, reduced=10, left=20),),
            [[4_200, 20], [4_100, 20], [4_000, 10]],
            [[4_800, 50], [4_900, 60], [5_000, 40]],
        ),
        (
            (OrderReduced(7, 9, 32, 16, BUY, 4_150, 20, reduced=10, left=20, waits=True),),
            [[4_200, 20], [4_100, 30], [4_000, 10]],
            [[4_800, 50], [4_900, 60], [5_000, 40]],
        ),
        (
            (matched(BUY, 4_500, 25, left=25, reason=Reason.INSUFFICIENT_LIQUIDITY),),
            [[4_200, 20], [4_100, 30], [4_000, 10]],
            [[4_800, 50], [4_900, 60], [5_000, 40]],
        ),
    ],
)
def test_quotes_are_what_rests_best_first(
    events: tuple[Event, ...], bids: list[list[int]], offers: list[list[int]]
) -> None:
    assert quotes_after(*BOOK, *events) == (bids, offers)


def test_contracts_have_books_of_their_own() -> None:
    events = (rests(BUY, 10, 1), rests(BUY, 20, 2, contract_id=10))
    assert quotes_after(*events) == ([[10, 1]], [])
    assert quotes_after(*events, contract_id=10) == ([[20, 2]], [])


def test_an_order_that_neither_trades_nor_rests_touches_nothing() -> None:
    nothing = matched(BUY, 4_500, 25, left=25, reason=Reason.INSUFFICIENT_LIQUIDITY)
    assert quotes_of(nothing) == ()
    assert trade(nothing) == trade()


@pytest.mark.parametrize(
    "event", [cancelled(BUY, 4_100, 31), cancelled(SELL, 4_100, 1), cancelled(BUY, 1, 1)]
)
def test_what_does_not_rest_can_not_go(event: Event) -> None:
    with pytest.raises(AssertionError, match=r"quotes.* is taken"):
        quotes_after(*BOOK, event)


def test_any_order_of_arrivals_gives_the_same_levels() -> None:
    chance = random.Random(5)
    prices = [(side, price) for price in range(1, 400) for side in (BUY, SELL)]
    chance.shuffle(prices)
    bids, offers = quotes_after(*(rests(side, price, price) for side, price in prices))
    assert bids == [[price, price] for price in range(399, 0, -1)]
    assert offers == [[price, price] for price in range(1, 400)]


def test_volumes_and_last_prices() -> None:
    documents = trade(
        rests(SELL, 4_800, 50),
        rests(SELL, 100, 50, contract_id=10),
        matched(BUY, 4_900, 30, (1, 4_800, 30)),
        matched(BUY, 200, 8, (2, 100, 5), (3, 100, 3), contract_id=10),
    )
    trading = cast("TradingDocument", documents[document_id("trading", 7)])
    assert trading["volume"] == 38
    assert trading["contracts"] == {
        "9": {"volume": 30, "last_executed_price": 4_800, "timestamp": at(2)},
        "10": {"volume": 8, "last_executed_price": 100, "timestamp": at(2)},
    }


SETS = (
    SetFill(1, 6_000, 5, (SetLeg(2, 10, 48, 17, 4_000),)),
    SetFill(3, 6_500, 2, (SetLeg(4, 10, 49, 18, 3_500, 250),)),
)
"""The second order got a better price than its own, 3750."""


def test_what_became_part_of_a_set_is_gone_from_its_own_contract_s_quotes() -> None:
    events = (
        rests(BUY, 4_000, 5, contract_id=10),
        rests(BUY, 3_750, 9, contract_id=10),
        rests(SELL, 7_000, 1),
        in_sets(*SETS, left=3, price=6_600),
    )
    assert quotes_after(*events) == ([[6_600, 3]], [[7_000, 1]])
    assert quotes_after(*events, contract_id=10) == ([[3_750, 7]], [])


def test_own_orders_of_other_contracts_leave_their_own_quotes() -> None:
    past_own = msgspec.structs.replace(in_sets(left=3), cancelled=(OwnOrder(10, 50, BUY, 4_000, 5),))
    events = (rests(BUY, 4_000, 5, contract_id=10), past_own)
    assert quotes_after(*events, contract_id=10) == ([], [])
    assert quotes_after(*events) == ([[9_999, 3]], [])


def test_a_set_is_volume_and_last_price_in_every_contract() -> None:
    bids = (rests(BUY, 4_000, 5, contract_id=10), rests(BUY, 3_750, 9, contract_id=10))
    trading = cast("TradingDocument", trade(*bids, in_sets(*SETS))[document_id("trading", 7)])
    assert (trading["volume"], trading["contracts"]) == (
        14,
        {
            "9": {"volume": 7, "last_executed_price": 6_500, "timestamp": at(2)},
            "10": {"volume": 7, "last_executed_price": 3_500, "timestamp": at(2)},
        },
    )


def test_a_set_is_an_execution_of_every_contract() -> None:
    bids = (rests(BUY, 4_000, 5, contract_id=10), rests(BUY, 3_750, 9, contract_id=10))
    documents = trade(*bids, in_sets(*SETS)).values()
    executions = [cast("ExecutionDocument", each) for each in documents if each["kind"] == "execution"]
    assert [
        (each["execution_id"], each["contract_id"], each["price"], each["quantity"], each["taker_side"])
        for each in executions
    ] == [
        ("1", "9", 6_000, 5, "buy"),
        ("2", "10", 4_000, 5, "sell"),
        ("3", "9", 6_500, 2, "buy"),
        ("4", "10", 3_500, 2, "sell"),
    ]


def test_each_execution_is_public_and_names_nobody() -> None:
    documents = trade(rests(SELL, 4_800, 50), matched(BUY, 4_900, 30, (1, 4_800, 10), (2, 4_800, 20)))
    executions = [document for document in documents.values() if document["kind"] == "execution"]
    assert executions == [
        {
            "_id": document_id("execution", 7, number),
            "kind": "execution",
            "stream": "markets-1",
            "sequence": 2,
            "execution_id": str(number),
            "market_id": "7",
            "contract_id": "9",
            "price": 4_800,
            "quantity": quantity,
            "taker_side": "buy",
            "created_datetime": at(2),
        }
        for number, quantity in ((1, 10), (2, 20))
    ]
