"""Owns the tests of the guards that placing and replacing share, each at its limit, with its own sentence.

Never tests their place on a ladder: the tests of the account's decisions do.
Called by pytest.
"""

import pytest

from actors.machines import limits
from actors.machines.account_stream.order_guards import refuse_terms
from actors.machines.messages.answers import Refused
from actors.machines.messages.commands import PlaceOrder
from actors.machines.messages.parts import FULL_LADDER, LadderStep, Terms
from actors.machines.messages.words import Reason, Side
from tests.machines.town import LOT, OpenTown

TERMS = Terms(3, (10, 11), 1, 0, (LadderStep(1000, 9000, 1000),), quantity_max=500)
INDEX = {10: 0, 11: 1}


@pytest.mark.parametrize(
    ("contract_id", "price", "quantity", "reason", "field"),
    [
        (12, 1500, 501, Reason.CONTRACT_NOT_FOUND, "contract_id"),
        (11, 1500, 501, Reason.INVALID_PRICE, "price"),
        (11, 2000, 501, Reason.LIMIT_EXCEEDED, "quantity"),
        (11, 2000, 500, None, None),
    ],
)
def test_a_market_has_contracts_prices_and_a_largest_order(
    contract_id: int, price: int, quantity: int, reason: Reason | None, field: str | None
) -> None:
    refused = refuse_terms(TERMS, INDEX, contract_id, price, quantity)
    assert (refused.reason, refused.field) == (reason, field) if refused else reason is None


def test_terms_that_name_no_largest_order_take_any() -> None:
    terms = Terms(3, (10,), 1, 0, FULL_LADDER)
    assert refuse_terms(terms, {10: 0}, 10, 1, limits.QUANTITY_MAX) is None


LIMITS = [
    ("LIVE_ORDERS_PER_ACCOUNT_MAX", "At most 2 live orders.", None),
    ("LIVE_ORDERS_PER_ACCOUNT_AND_MARKET_MAX", "At most 2 live orders in one market.", None),
    (
        "PRICE_LEVELS_PER_MEMBER_AND_CONTRACT_MAX",
        "At most 2 prices with live orders in one contract.",
        "price",
    ),
]


@pytest.mark.parametrize(("limit", "detail", "field"), LIMITS)
def test_a_member_has_so_many_orders_and_prices_and_not_one_more(
    monkeypatch: pytest.MonkeyPatch, limit: str, detail: str, field: str | None
) -> None:
    monkeypatch.setattr(limits, limit, 2)
    town = OpenTown()
    for price in (4000, 4100):
        town.place(town.alice, Side.BUY, price, LOT)
    refused = town.place(town.alice, Side.BUY, 4200, LOT)
    assert refused == Refused(Reason.LIMIT_EXCEEDED, detail, field)
    same_price = town.place(town.alice, Side.BUY, 4100, LOT)
    assert isinstance(same_price, Refused) is (field is None)
    other_contract = town.place(town.alice, Side.BUY, 4200, LOT, contract_id=2)
    assert isinstance(other_contract, Refused) is (field is None)
    assert not isinstance(town.send(town.bob, PlaceOrder(1, 1, Side.BUY, 4200, LOT))[0], Refused)
