"""Owns the cases of the chart of a history: what is drawn, what is told, and that it is bounded.

Never looks at the colours.
Called by pytest.
"""

import re
from itertools import pairwise
from xml.etree.ElementTree import Element

import pytest
from hypothesis import given
from hypothesis import strategies as st

from couch_views.candles import Candle, Interval
from resources.charts.history import HEIGHT, LINES_MAX, WIDTH, Line, history_chart
from tests.resources.charts.drawn import parsed, styled, texts, told

HOUR = 3_600
NOON = 1_779_019_200
"""17 May 2026, 12:00 UTC."""
LAST = 253_402_300_799


def flat(hour: int, price: int, volume: int = 10_000) -> Candle:
    return Candle(NOON + hour * HOUR, price, price, price, price, volume, 1)


def drawn(*lines: Line, interval: Interval = Interval.HOUR, name: str = "Winner") -> Element:
    return parsed(history_chart(name, lines, interval))


def steps(root: Element) -> list[str]:
    return [element.get("d", "") for element in styled(root, "path", "line")]


def test_each_contract_is_a_line_with_its_name_and_last_price() -> None:
    root = drawn(Line("Gulls", [flat(0, 4_000), flat(1, 4_250)]), Line("Herons", [flat(1, 5_750)]))
    assert texts(root, "full") == ["Gulls", "Herons"]
    assert [text for text in texts(root, "ink") if text.endswith("%")] == ["42.5%", "57.5%"]
    assert len(steps(root)) == 2


def test_title_and_description_tell_what_is_to_be_seen() -> None:
    busy = Candle(NOON, 4_000, 4_500, 3_900, 4_100, 123_450_000, 7)
    root = drawn(Line("Gulls", [busy, flat(3, 4_250)]))
    period = "Price and volume by hour · 17 May 2026, 12:00 to 16:00 UTC"
    gulls = "Gulls: from 40% to 42.5%, between 39% and 45%, volume 12.3k."
    assert told(root) == ("Winner: prices by hour", f"{period}. {gulls}")
    assert period in texts(root)


def test_a_price_goes_on_where_nothing_was_executed() -> None:
    (path,) = steps(drawn(Line("Gulls", [flat(0, 4_000), flat(9, 4_200), flat(11, 4_200), flat(12, 4_000)])))
    start, *rest = re.findall(r"[MHV][0-9. ]+", path)
    assert start.startswith("M64 ")
    assert [step[0] for step in rest] == ["H", "V", "H", "V", "H"]
    assert rest[-1] == "H724"
    assert (float(rest[0][1:]) - 64) / (724 - 64) == pytest.approx(9 / 13, abs=0.001)


def test_highs_and_lows_are_a_band() -> None:
    busy = Candle(NOON, 4_000, 4_500, 3_900, 4_100, 1, 2)
    (band,) = styled(drawn(Line("Gulls", [busy, flat(1, 4_000)])), "path", "band")
    assert (band.get("d") or "").count("M") == 1
    assert styled(drawn(Line("Gulls", [flat(0, 4_000)])), "path", "band") == []


def test_the_volume_is_that_of_all_contracts() -> None:
    root = drawn(
        Line("Gulls", [flat(0, 4_000, 10_000), flat(1, 4_000, 20_000)]), Line("Herons", [flat(1, 1, 30_000)])
    )
    (bars,) = styled(root, "path", "volume")
    heights = [408 - float(top) for top in re.findall(r"408V([0-9.]+)", bars.get("d", ""))]
    assert heights == [pytest.approx(11.2), 56]
    assert "5" in texts(root, "faint")


def test_where_nothing_was_executed_the_chart_says_so() -> None:
    for lines in ([], [Line("Gulls", [])]):
        root = drawn(*lines)
        assert "No executions in this time" in texts(root)
        assert told(root)[1] == "Nothing has been executed in this time."
        assert steps(root) == []


def test_one_candle_is_a_step_and_a_dot() -> None:
    root = drawn(Line("Gulls", [flat(0, 5_000)]))
    assert steps(root) == ["M669 208H724"]
    assert [dot.get("cx") for dot in styled(root, "circle", "full")] == ["724"]


def test_contracts_that_never_traded_have_no_line() -> None:
    assert texts(drawn(Line("Gulls", []), Line("Herons", [flat(0, 5_000)])), "full") == ["Herons"]


def test_of_too_many_contracts_the_busiest_are_drawn_in_their_order() -> None:
    root = drawn(*(Line(f"Line {place}", [flat(0, 5_000, place)]) for place in range(1, 20)))
    assert texts(root, "full") == [f"Line {place}" for place in range(12, 20)]
    assert "+ 11 more" in texts(root)


def test_labels_do_not_cover_each_other() -> None:
    for price in (1, 5_000, 9_999):
        root = drawn(*(Line(f"Line {place}", [flat(0, price)]) for place in range(LINES_MAX)))
        heights = sorted(float(element.get("y", "")) for element in styled(root, "text", "full"))
        assert all(later - former >= 30 for former, later in pairwise(heights))
        assert heights[0] > 60
        assert heights[-1] < 340


candles = st.builds(
    lambda start, prices, volume: Candle(
        start, prices[0], max(prices), min(prices), prices[-1], volume, len(prices)
    ),
    st.integers(0, LAST),
    st.lists(st.integers(1, 9_999), min_size=1, max_size=4),
    st.integers(1, 10**18),
)
lines = st.builds(
    Line,
    st.text(st.characters(codec=None, categories=None), max_size=250),
    st.lists(candles, max_size=5, unique_by=lambda candle: candle.start_s).map(sorted),
)


@given(st.text(st.characters(codec=None, categories=None), max_size=250), st.lists(lines, max_size=10))
def test_whatever_there_is_the_chart_is_well_formed_and_on_its_sheet(name: str, shown: list[Line]) -> None:
    root = drawn(*shown, name=name, interval=Interval.MINUTE)
    for element in root.iter():
        for measure, most in (("x", WIDTH), ("y", HEIGHT), ("cx", WIDTH), ("cy", HEIGHT)):
            assert 0 <= float(element.get(measure, "0")) <= most
        coordinates = re.findall(r"-?[0-9.]+", element.get("d", ""))
        assert all(0 <= float(coordinate) <= WIDTH for coordinate in coordinates)


def test_the_largest_chart_is_bounded() -> None:
    """Eight contracts, a thousand candles each, none like the one before."""
    full = [
        Line(
            "W" * 200,
            [
                Candle(place * 86_400, 5_000, 9_999 - line, 1 + place, 2_000 + place % 2 * 5_000, 10**10, 9)
                for place in range(1_000)
            ],
        )
        for line in range(LINES_MAX)
    ]
    assert len(history_chart("W" * 200, full, Interval.DAY)) < 400_000
