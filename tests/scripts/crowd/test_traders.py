"""Owns the tests of how traders decide: each kind by its nature, all of them within what is possible.

Never asks an exchange.
Called by pytest.
"""

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.crowd.scene import Scene
from scripts.crowd.traders import RESTING_MAX, Kind, Trader
from tests.scripts.crowd.scenes import MARKET, Book, asked, scene

PRICE = st.one_of(st.none(), st.integers(1, 99).map(lambda rung: rung * 100))
BOOK = st.tuples(PRICE, PRICE).map(
    lambda book: book if book[0] is None or book[1] is None or book[0] < book[1] else (None, book[1])
)


def sides(kind: Kind, shown: Scene, times: int = 60) -> Counter[str]:
    """Which sides many of the kind take, each at their first look."""
    acts = [Trader(kind, random.Random(seed)).act(shown) for seed in range(times)]
    return Counter(asked(act)["side"] for act in acts if act is not None)


@given(st.sampled_from(Kind), st.integers(0, 1_000), st.lists(st.tuples(BOOK, BOOK), min_size=1, max_size=5))
def test_whatever_they_see_they_ask_for_what_is_possible(
    kind: Kind, seed: int, looks: list[tuple[Book, Book]]
) -> None:
    trader = Trader(kind, random.Random(seed))
    for first, second in looks:
        act = trader.act(scene(first, second))
        if act is not None:
            order = asked(act)
            assert (act.name, order["market_id"]) == ("order", "1")
            assert MARKET.possible(order["price"]) == order["price"]
            assert order["quantity"] > 0


@given(st.sampled_from(Kind), st.integers(0, 1_000))
def test_the_same_seed_decides_alike(kind: Kind, seed: int) -> None:
    looks = [scene((3000, 3200), (6500, 6900)), scene((3300, 3500), (6500, 6600)), scene((3300, None))]
    first, second = (Trader(kind, random.Random(seed)) for _ in range(2))
    for look in looks:
        one, other = first.act(look), second.act(look)
        assert (one and asked(one)) == (other and asked(other))


@pytest.mark.parametrize("kind", Kind)
def test_who_has_too_many_orders_takes_the_oldest_back(kind: Kind) -> None:
    act = Trader(kind, random.Random(1)).act(scene((3000, 3200), orders=RESTING_MAX + 1))
    assert act is not None
    assert (act.name, asked(act)) == ("cancel", [{"cancel": "1"}])


def test_a_believer_takes_what_is_far_from_what_it_is_worth() -> None:
    trader = Trader(Kind.BELIEVER, random.Random(1))
    for _ in range(20):
        trader.act(scene((4900, 5100), (4900, 5100)))
    cheap, dear = scene((900, 1000), (900, 1000)), scene((9000, 9100), (9000, 9100))
    bought, sold = trader.act(cheap), trader.act(dear)
    assert bought is not None
    assert sold is not None
    assert (asked(bought)["side"], asked(bought)["price"]) == ("buy", 1000)
    assert (asked(sold)["side"], asked(sold)["price"]) == ("sell", 9000)


def test_the_patient_stand_on_both_sides_of_the_middle() -> None:
    shown = scene((4900, 5100), (4900, 5100))
    found = sides(Kind.PATIENT, shown)
    assert min(found["buy"], found["sell"]) > 10
    for seed in range(60):
        act = Trader(Kind.PATIENT, random.Random(seed)).act(shown)
        assert act is not None
        order = asked(act)
        assert order["price"] < 5000 if order["side"] == "buy" else order["price"] >= 5000
        assert "type" not in order


@pytest.mark.parametrize(("later", "side"), [((5200, 5400), "buy"), ((4600, 4800), "sell")])
def test_a_follower_of_trends_waits_for_one(later: Book, side: str) -> None:
    trader = Trader(Kind.TREND, random.Random(1))
    assert trader.act(scene((4900, 5100), (4900, 5100))) is None
    assert trader.act(scene((4900, 5100), (4900, 5100))) is None
    act = trader.act(scene(later, later))
    assert act is not None
    assert (asked(act)["side"], asked(act)["type"]) == (side, "immediate_or_cancel")


@pytest.mark.parametrize(("held", "side"), [(10_000, "sell"), (-10_000, "buy")])
def test_a_dabbler_who_is_in_goes_out(held: int, side: str) -> None:
    shown = scene((4900, 5100), (4900, 5100), held={"7": held, "8": held})
    assert set(sides(Kind.DABBLER, shown)) == {side}
