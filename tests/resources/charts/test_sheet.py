"""Owns the cases of the sheet: texts that can't harm, and colours that can be read on either paper.

Never draws a chart.
Called by pytest.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.charts.sheet import COLOURS, Sheet, clean, fitted, number
from tests.resources.charts.drawn import parsed, texts, told

anything = st.text(st.characters(codec=None, categories=None), max_size=400)


@given(anything)
def test_any_text_gives_well_formed_xml(text: str) -> None:
    sheet = Sheet(100, 100, text, text)
    sheet.text(1, 2, text, "ink", width=10**6)
    sheet.text(1, 2, text, "ink", width=20, parent=sheet.group("c0", text))
    root = parsed(sheet.svg())
    assert texts(root)[0] == told(root)[0] == clean(text)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "</title></svg>",
        'a" onload="alert(1)',
        "]]>",
        "&amp; & &#0;",
        "<!-- -->",
        "{}@import url(//x)",
    ],
)
def test_markup_in_a_text_is_text(text: str) -> None:
    sheet = Sheet(100, 100, text, text)
    sheet.text(1, 2, text, "ink", width=10**6)
    root = parsed(sheet.svg())
    assert (texts(root), told(root)) == ([text], (text, text))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Gulls", "Gulls"),
        ("two\n lines\t", "two lines"),
        ("a\0b\x1fc\x0bd", "a\ufffdb\ufffdc\ufffdd"),
        ("\ud800\ufffe\uffff", "\ufffd\ufffd\ufffd"),
        ("🚢 ß 陳", "🚢 ß 陳"),
        ("x" * 1_000, "x" * 300),
    ],
)
def test_what_xml_can_not_hold_is_replaced(text: str, shown: str) -> None:
    assert clean(text) == shown


@pytest.mark.parametrize(
    ("text", "widths", "shown"),
    [
        ("Gulls", 2.5, "Gulls"),
        ("Gulls and", 2.5, "Gull…"),
        ("Gul and", 2.5, "Gul…"),
        ("陳省身", 3, "陳省身"),
        ("陳省身", 2.5, "陳…"),
        ("Gulls", 0, "…"),
        ("", 0, ""),
    ],
)
def test_a_text_is_cut_to_its_room(text: str, widths: float, shown: str) -> None:
    assert fitted(text, widths, 0.5) == shown


@pytest.mark.parametrize(("measure", "written"), [(1, "1"), (1.04, "1"), (1.26, "1.3"), (-0.5, "-0.5")])
def test_coordinates_are_written_to_a_tenth(measure: float, written: str) -> None:
    assert number(measure) == written


def luminance(colour: str) -> float:
    """As WCAG 2 defines it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colours", COLOURS)
def test_names_in_colour_can_be_read_in_light_and_dark(colours: tuple[str, str]) -> None:
    assert contrast(colours[0], "#ffffff") >= 4.5
    assert contrast(colours[1], "#172026") >= 4.5


def test_the_look_knows_the_dark() -> None:
    style = parsed(Sheet(1, 1, "", "").svg())[2].text or ""
    light, _, dark = style.partition("@media(prefers-color-scheme:dark){")
    for ink in ("paper", "ink", "faint", "grid", "axis", "volume", "track"):
        assert f".{ink}{{" in light
        assert f".{ink}{{" in dark
    assert style.count("{") == style.count("}")
