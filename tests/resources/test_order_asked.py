"""Owns the tests of how what is asked of orders is read, where no request is needed for it.

Never tests the resource: the tests of orders and of one order do.
Called by pytest.
"""

import pytest

from actors.machines.messages.amendments import AmendOrder
from actors.machines.messages.commands import CancelOrder, CancelReference, PlaceOrder
from actors.machines.messages.words import Side
from resources.order_asked import parse_asked
from resources.toolkit.problems import ProblemError

ORDER = {"market_id": "5", "contract_id": "6", "side": "buy", "price": 5000, "quantity": 10_000}


@pytest.mark.parametrize(
    ("item", "command"),
    [
        (ORDER, PlaceOrder(5, 6, Side.BUY, 5000, 10_000)),
        ({"amend": "16", "quantity": 5}, AmendOrder(16, 5)),
        ({"amend": 16, "quantity": 5, "price": 4000}, AmendOrder(16, 5, 4000)),
        ({"cancel": "16"}, CancelOrder(16)),
        ({"cancel_reference_id": 17}, CancelReference("17")),
    ],
)
def test_an_item_of_a_batch_is_known_by_its_fields(item: object, command: object) -> None:
    assert parse_asked([item]) == [command]


@pytest.mark.parametrize(
    "item", [{"amend": "16"}, {"amend": "x", "quantity": 5}, {"cancel": 1, "price": 1}, 7]
)
def test_an_item_that_is_not_right_is_a_problem_of_its_own(item: object) -> None:
    first, second = parse_asked([item, ORDER])  # type: ignore[misc] # a batch is a list
    assert isinstance(first, ProblemError)
    assert second == PlaceOrder(5, 6, Side.BUY, 5000, 10_000)
