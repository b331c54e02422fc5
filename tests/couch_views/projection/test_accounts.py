"""Owns the tables of what events make of accounts, positions and statements.

Never stores a document.
Called by pytest.
"""

import pytest

from actors.machines.messages.events import Event, MoneyDeposited, MoneyWithdrawn
from actors.machines.messages.words import OrderState, Side
from couch_views.shapes import Document, document_id
from tests.couch_views.projection.records import (
    UNIT,
    at,
    fields,
    placed,
    project,
    registered,
    settled,
    updated,
)

ACCOUNT = document_id("account", 16)
POSITION = document_id("position", 16, 7)
MONEY = ("balance", "available_balance", "exposure")

DEPOSITED = MoneyDeposited(16, 100 * UNIT, 100 * UNIT)
PLACED = placed(exposure=25 * UNIT, market_exposure=20 * UNIT)


@pytest.mark.parametrize(
    ("events", "money"),
    [
        ([], ("0.00", "0.00", "0.00")),
        ([DEPOSITED], ("100.00", "100.00", "0.00")),
        ([DEPOSITED, MoneyWithdrawn(16, UNIT // 4, 9_975 * UNIT // 100)], ("99.75", "99.75", "0.00")),
        ([DEPOSITED, PLACED], ("100.00", "75.00", "25.00")),
        (
            [DEPOSITED, PLACED, MoneyDeposited(16, 1, 100 * UNIT + 1)],
            ("100.00000001", "75.00000001", "25.00"),
        ),
        (
            [DEPOSITED, PLACED, updated(OrderState.CREATED, 10_000, exposure=10)],
            ("100.00", "99.9999999", "0.0000001"),
        ),
        ([PLACED, settled(balance=-3 * UNIT, exposure=UNIT)], ("-3.00", "-4.00", "1.00")),
    ],
)
def test_available_is_what_is_left_of_the_balance(events: list[Event], money: tuple[str, ...]) -> None:
    documents = project([registered()], events)
    assert fields(documents[ACCOUNT], MONEY) == dict(zip(MONEY, money, strict=True))


NOTHING: dict[str, object] = {"contracts": {}, "settled": False, "result": None, "commission": None}


def test_a_position_starts_with_the_first_order() -> None:
    documents = project([registered()], [PLACED])
    assert documents[POSITION] == {
        "_id": POSITION,
        "kind": "position",
        "stream": "accounts-0",
        "sequence": 2,
        "account_id": "16",
        "market_id": "7",
        "exposure": "20.00",
        **NOTHING,
    }


@pytest.mark.parametrize(
    ("fills", "expected"),
    [
        ([], {}),
        ([(Side.BUY, 5_000, 300)], {"9": (300, "0.015", 0, "0.00")}),
        ([(Side.BUY, 5_000, 300), (Side.BUY, 1, 1)], {"9": (301, "0.01500001", 0, "0.00")}),
        ([(Side.SELL, 2_500, 400)], {"9": (0, "0.00", 400, "0.01")}),
        ([(Side.BUY, 5_000, 300), (Side.SELL, 2_500, 400)], {"9": (300, "0.015", 400, "0.01")}),
        ([(Side.BUY, 9_999, 10**10)] * 100, {"9": (10**12, "99990000.00", 0, "0.00")}),
    ],
)
def test_a_position_adds_its_fills_up(
    fills: list[tuple[Side, int, int]], expected: dict[str, tuple[int, str, int, str]]
) -> None:
    names = ("bought_quantity", "bought_value", "sold_quantity", "sold_value")
    events = [
        updated(OrderState.PARTIAL, 1, (number, price, quantity), side=side, market_exposure=3 * UNIT)
        for number, (side, price, quantity) in enumerate(fills, 1)
    ]
    position = project([registered(), PLACED], events)[POSITION]
    assert fields(position, ("contracts",)) == {
        "contracts": {contract: dict(zip(names, sums, strict=True)) for contract, sums in expected.items()}
    }
    assert fields(position, ("exposure",)) == {"exposure": "3.00" if fills else "20.00"}


def test_a_settled_position_says_what_it_amounted_to() -> None:
    event = settled(result=-7 * UNIT, commission_total=0, market_exposure=2 * UNIT)
    position = project([registered(), PLACED], [event])[POSITION]
    assert fields(position, ("settled", "result", "commission", "exposure")) == {
        "settled": True,
        "result": "-7.00",
        "commission": "0.00",
        "exposure": "2.00",
    }


def statement(documents: dict[str, Document]) -> list[Document]:
    return [document for _, document in sorted(documents.items()) if document["kind"] == "statement"]


@pytest.mark.parametrize(
    ("event", "movements"),
    [
        (DEPOSITED, [("deposit", "100.00", "100.00", None)]),
        (MoneyWithdrawn(16, 5 * UNIT, 95 * UNIT), [("withdrawal", "-5.00", "95.00", None)]),
        (
            settled(10 * UNIT, UNIT // 5, 10_980 * UNIT // 100),
            [("settlement", "10.00", "110.00", "7"), ("commission", "-0.20", "109.80", "7")],
        ),
        (settled(-10 * UNIT, 0, 90 * UNIT), [("settlement", "-10.00", "90.00", "7")]),
        (
            settled(-15 * UNIT, -UNIT // 5, 70 * UNIT),
            [("settlement", "-15.00", "69.80", "7"), ("commission", "0.20", "70.00", "7")],
        ),
        (settled(0, 0, 90 * UNIT, void=True), []),
    ],
)
def test_every_movement_of_money_is_on_the_statement(
    event: Event, movements: list[tuple[str, str, str, str | None]]
) -> None:
    names = ("type", "amount", "balance", "market_id")
    documents = project([registered(), PLACED], [event])
    found = [tuple(fields(movement, names).values()) for movement in statement(documents)]
    assert found == movements


def test_movements_of_one_record_are_in_order() -> None:
    more = MoneyDeposited(16, UNIT, 101 * UNIT)
    movements = statement(project([registered(), PLACED], [DEPOSITED, more, settled(UNIT, UNIT // 2, 10)]))
    assert [fields(movement, ("id", "created_datetime")) for movement in movements] == [
        {"id": number, "created_datetime": at(2)}
        for number in ("20000000", "20000002", "20000004", "20000005")
    ]
