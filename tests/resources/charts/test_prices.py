"""Owns the cases of the chart of last prices.

Never looks at the colours.
Called by pytest.
"""

from hypothesis import given
from hypothesis import strategies as st

from resources.charts.prices import ROWS_MAX, LastPrice, MarketPrices, last_prices_chart
from tests.resources.charts.drawn import parsed, styled, texts, told

NOON = 1_779_019_200


def test_each_contract_has_its_bar_price_and_time() -> None:
    gulls, herons = LastPrice("Gulls", 2_500, NOON), LastPrice("Herons", None, None)
    root = parsed(last_prices_chart([MarketPrices("Winner", [gulls, herons])]))
    assert texts(root) == [
        "Winner",
        *("Gulls", "25%", "17 May 2026, 12:00"),
        *("Herons", "\N{EN DASH}"),
        "Last executed prices, times in UTC",
    ]
    (track, _), (bar,) = styled(root, "rect", "track"), styled(root, "rect", "full")
    assert float(bar.get("width", "")) == float(track.get("width", "")) / 4
    assert told(root) == ("Last executed prices", "Winner: Gulls 25%; Herons never traded.")


def test_markets_come_one_below_the_other() -> None:
    markets = [MarketPrices(name, [LastPrice("Yes", 1, NOON)]) for name in ("One", "Two")]
    root = parsed(last_prices_chart(markets))
    assert texts(root, "name") == ["One", "Two"]
    heights = [float(element.get("y", "")) for element in styled(root, "rect", "full")]
    assert heights[1] - heights[0] == 80
    assert float(root.get("height", "")) > heights[1] + 28


def test_no_market_is_an_empty_sheet() -> None:
    assert texts(parsed(last_prices_chart([]))) == ["Last executed prices, times in UTC"]


def test_of_very_many_contracts_the_first_are_drawn_and_the_others_counted() -> None:
    market = MarketPrices("Winner", [LastPrice("W" * 200, 9_999, NOON)] * 40)
    svg = last_prices_chart([market] * 100)
    root = parsed(svg)
    assert len(styled(root, "rect", "full")) == ROWS_MAX
    assert texts(root)[-1] == f"Last executed prices, times in UTC; {4_000 - ROWS_MAX} more"
    assert texts(root, "name") == ["Winner"] * 2
    assert len(svg) < 100_000


anything = st.text(st.characters(codec=None, categories=None), max_size=250)
prices = st.builds(
    LastPrice,
    anything,
    st.none() | st.integers(1, 9_999),
    st.none() | st.integers(0, 253_402_300_799),
)


@given(st.lists(st.builds(MarketPrices, anything, st.lists(prices, max_size=5)), max_size=4))
def test_whatever_there_is_the_chart_is_well_formed(markets: list[MarketPrices]) -> None:
    parsed(last_prices_chart(markets))
