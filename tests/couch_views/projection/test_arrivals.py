"""Owns the cases of arrivals that are part of another event in the documents: they show as any arrival does.

Never stores a document.
Called by pytest.
"""

import random
from collections.abc import Sequence
from typing import cast

import pytest

from actors.machines.messages.amendments import AmendOrder
from actors.machines.messages.answers import OrderResult
from actors.machines.messages.auctions import SetUncrossed
from actors.machines.messages.book_events import OrderMatched, OrderReplaced
from actors.machines.messages.commands import Command, PlaceOrder
from actors.machines.messages.record import decode
from actors.machines.messages.words import MarketState, Side
from actors.machines.streams import account_stream_of_id
from couch_views.projection.table import TABLE
from couch_views.shapes import (
    Document,
    ExecutionDocument,
    OrderDocument,
    QuotesDocument,
    TradingDocument,
    document_id,
)
from tests.couch_views.projection.records import project
from tests.machines.auction_town import MARKET, A, B, C, SetTown
from tests.machines.town import LOT, OpenTown


def documents_of(town: OpenTown, stream: str) -> dict[str, Document]:
    """What a stream's records make of no documents; their times are nobody's business here."""
    return project(*(decode(body).events for body in town.bodies[stream]), stream=stream)


def of_market(town: OpenTown) -> dict[str, Document]:
    return documents_of(town, town.streams.of_market(1))


def quotes(town: OpenTown, contract_id: int = 1) -> tuple[list[list[int]], list[list[int]]]:
    document = cast("QuotesDocument", of_market(town)[document_id("quotes", 1, contract_id)])
    return document["bids"], document["offers"]


def replaced(cross_matching: bool = False) -> OpenTown:
    """A bid of ten lots at 30 becomes twelve at 52, of which three trade at 50."""
    town = OpenTown(("A", "B"), cross_matching=cross_matching)
    placed = town.place(town.alice, Side.BUY, 3_000, 10 * LOT)
    town.place(town.bob, Side.SELL, 5_000, 3 * LOT)
    assert isinstance(placed, OrderResult)
    town.send(town.alice, AmendOrder(placed.order_id, 12 * LOT, 5_200))
    return town


def test_a_replaced_order_leaves_its_level_takes_and_rests() -> None:
    town = replaced()
    assert quotes(town) == ([[5_200, 9 * LOT]], [])
    documents = of_market(town)
    execution = cast("ExecutionDocument", documents[document_id("execution", 1, 1)])
    assert (execution["price"], execution["quantity"], execution["taker_side"]) == (5_000, 3 * LOT, "buy")
    assert [each["kind"] for each in documents.values()].count("history") == len({"minutes", "hours"})


def test_its_own_document_has_the_new_terms() -> None:
    town = replaced()
    stream = account_stream_of_id(town.alice)
    order_id = max(town.accounts(stream).accounts[town.alice].orders)
    order = cast("OrderDocument", documents_of(town, stream)[document_id("order", order_id)])
    assert (order["price"], order["quantity"], order["total_executed_quantity"]) == (5_200, 12 * LOT, 3 * LOT)
    assert (order["available_quantity"], order["state"]) == (9 * LOT, "partial")


@pytest.mark.parametrize("cross_matching", [False, True])
def test_whatever_is_amended_quotes_are_what_rests(cross_matching: bool) -> None:
    """A drawn history, shown as the machines' own books are."""
    chance = random.Random(f"amendments {cross_matching}")
    town = OpenTown(("A", "B", "C"), cross_matching=cross_matching)
    for _ in range(120):
        account_id = chance.choice((town.alice, town.bob))
        stream = account_stream_of_id(account_id)
        orders = [*town.accounts(stream).accounts[account_id].orders]
        price, quantity = chance.choice((2_000, 3_000, 3_500, 4_000)), chance.randint(1, 9) * LOT
        command: Command = PlaceOrder(1, chance.randint(1, 3), chance.choice((*Side,)), price, quantity)
        if orders and chance.random() < 0.6:
            command = AmendOrder(chance.choice(orders), quantity, chance.choice((price, None)))
        town.send(account_id, command)
    market = town.markets(town.streams.of_market(1)).markets[1]
    for contract_id, book in market.books.items():
        shown: Sequence[list[list[int]]] = quotes(town, contract_id)
        for side, levels in zip(Side, shown, strict=True):
            assert levels == [[*level] for level in book.levels(side, 100)]


def test_a_set_that_an_auction_ends_with_is_shown_as_any_set() -> None:
    town = SetTown()
    town.bid(5_000, 3_000, 2_500)
    town.order(town.carol, Side.BUY, 2_500, 2, contract_id=C)
    town.move(MarketState.OPEN)
    documents = documents_of(town, town.streams.of_market(MARKET))
    shown = [cast("QuotesDocument", documents[document_id("quotes", MARKET, each)]) for each in (A, B, C)]
    assert [each["bids"] for each in shown] == [[], [], [[2_500, 2 * LOT]]]
    executions = [
        cast("ExecutionDocument", documents[document_id("execution", MARKET, number)]) for number in (1, 2, 3)
    ]
    assert [(each["contract_id"], each["price"], each["taker_side"]) for each in executions] == [
        (str(C), 2_000, "buy"),
        (str(A), 5_000, "sell"),
        (str(B), 3_000, "sell"),
    ]
    trading = cast("TradingDocument", documents[document_id("trading", MARKET)])
    assert (trading["volume"], trading["contracts"][str(C)]["last_executed_price"]) == (3 * LOT, 2_000)


@pytest.mark.parametrize("kind", [OrderReplaced, SetUncrossed])
def test_their_rules_have_every_part_of_the_rule_of_arrivals(kind: type) -> None:
    arrived, within = TABLE[OrderMatched], TABLE[kind]
    assert [change.kind for change in within.changes] == [change.kind for change in arrived.changes]
    assert [addition.kind for addition in within.adds] == [addition.kind for addition in arrived.adds]
