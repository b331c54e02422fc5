"""Owns the tests of what the demo trades: believable, affordable, and nothing left to chance.

Never starts an exchange: what the demo does to one is in test_main.
Called by pytest.
"""

from collections import defaultdict

import pytest

from actors.machines import limits
from scripts.first_start.demo import (
    BUYER,
    MARKETS,
    MEMBERS,
    PLAY_MONEY,
    SELLER,
    TAKER,
    TRADES,
    Market,
    orders_of,
)

KNOWN = [Market(f"m{at}", {name: name for name in market.percents}) for at, market in enumerate(MARKETS)]


def test_there_is_a_market_of_two_contracts_and_one_of_five() -> None:
    assert [len(market.percents) for market in MARKETS] == [2, 5]
    assert {sum(market.percents.values()) for market in MARKETS} == {100}


@pytest.mark.parametrize("name", MEMBERS)
def test_a_members_orders_are_one_batch_in_range_and_affordable(name: str) -> None:
    orders = list(orders_of(name, KNOWN))
    assert 0 < len(orders) <= limits.BATCH_OPERATIONS_MAX
    assert all(limits.PRICE_MIN <= order["price"] <= limits.PRICE_MAX for order in orders)
    risks = [
        order["quantity"]
        * (order["price"] if order["side"] == "buy" else limits.PRICE_SCALE - order["price"])
        for order in orders
    ]
    assert sum(risks) <= float(PLAY_MONEY) * limits.MONEY_SCALE


def test_what_rests_does_not_cross_and_is_on_both_sides_of_every_contract() -> None:
    prices: dict[tuple[str, str], dict[str, list[int]]] = defaultdict(lambda: {"buy": [], "sell": []})
    for name in (BUYER, SELLER):
        for order in orders_of(name, KNOWN):
            prices[order["market_id"], order["contract_id"]][order["side"]].append(order["price"])
    assert len(prices) == 7
    assert all(max(sides["buy"]) < min(sides["sell"]) for sides in prices.values())


def test_every_trade_finds_its_counterpart() -> None:
    resting = list(orders_of(BUYER, KNOWN)) + list(orders_of(SELLER, KNOWN))
    orders = list(orders_of(TAKER, KNOWN))
    assert len(orders) == len(TRADES)
    for order in orders:
        wanted = {**order, "side": "sell" if order["side"] == "buy" else "buy"}
        there = [
            rest
            for rest in resting
            if all(rest[field] == wanted[field] for field in ("market_id", "contract_id", "side", "price"))
        ]
        assert sum(rest["quantity"] for rest in there) >= order["quantity"]
