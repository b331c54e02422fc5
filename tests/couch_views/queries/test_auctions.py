"""Owns the tests of what an auction would trade at now, as documents tell it.

Never repeats how the price is found.
Called by pytest.
"""

import pytest

from couch_views.queries.auctions import indicative, quoted
from couch_views.shapes import MarketDocument
from tests.couch_views import shelf


def market(reference: int | None) -> MarketDocument:
    made = shelf.market(1, 1)
    made["price_ladder"] = [{"from": 100, "to": 9_900, "step": 100}]
    if reference is not None:
        made["auction"] = {"kind": "opening", "ends_datetime": None, "references": {"7": reference}}
    return made


@pytest.mark.parametrize(
    ("bids", "offers", "reference", "expected"),
    [
        ([[6_000, 10]], [[4_000, 7]], 4_510, (4_500, 7, 3)),
        ([[6_000, 10]], [[4_000, 7]], 9_000, (6_000, 7, 3)),
        ([[3_000, 10]], [[4_000, 7]], 4_000, (None, 0, 0)),
        ([], [], 4_000, (None, 0, 0)),
    ],
)
def test_what_is_collected_would_trade_at_one_price(
    bids: list[list[int]], offers: list[list[int]], reference: int, expected: tuple[int | None, int, int]
) -> None:
    quotes = shelf.quotes(1, 7, bids, offers)
    price, volume, imbalance = expected
    found = {"price": price, "volume": volume, "imbalance": imbalance}
    assert indicative(market(reference), quotes) == found
    assert quoted(market(reference), quotes) == {**quotes, "indicative": found}


def test_in_no_auction_there_is_nothing_to_say() -> None:
    quotes = shelf.quotes(1, 7, [[6_000, 10]], [[6_100, 10]])
    assert indicative(market(None), quotes) is None
    assert quoted(market(None), quotes) == quotes
