"""Owns the tests of money: written exactly, read strictly, rounded in one place.

Never tests a machine.
Called by pytest.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.machines.money import (
    commission_on,
    format_commission,
    format_money,
    parse_commission,
    parse_money,
)

WRITTEN = [
    (0, "0.00"),
    (1, "0.00000001"),
    (100_000_000, "1.00"),
    (9_975_000_000, "99.75"),
    (9_975_100_000, "99.751"),
    (-2_150_000_000, "-21.50"),
    (10**17, "1000000000.00"),
]


@pytest.mark.parametrize(("units", "text"), WRITTEN)
def test_money_is_written_and_read_exactly(units: int, text: str) -> None:
    assert format_money(units) == text
    assert parse_money(text) == units


@given(st.integers(-(10**18), 10**18))
def test_every_amount_survives_writing(units: int) -> None:
    assert parse_money(format_money(units)) == units


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "-",
        "1e5",
        "NaN",
        "Infinity",
        " 1",
        "1 ",
        "+1",
        "1,5",
        "1.2.3",
        "--1",
        "\u0661",
        "0.000000001",
        "9" * 33,
    ],
)
def test_what_is_no_money_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="decimal"):
        parse_money(text)


@pytest.mark.parametrize(("rate", "text"), [(0, "0.00"), (200, "0.02"), (125, "0.0125"), (5000, "0.50")])
def test_commission_rates_are_decimal_strings(rate: int, text: str) -> None:
    assert format_commission(rate) == text
    assert parse_commission(text) == rate


def test_a_finer_rate_is_refused() -> None:
    with pytest.raises(ValueError, match="at most 4"):
        parse_commission("0.00001")


@pytest.mark.parametrize(
    ("result", "rate", "commission"),
    [
        (100, 200, 2),
        (149, 200, 2),
        (49, 200, 0),
        (0, 200, 0),
        (-100, 200, 0),
        (100, 0, 0),
        (10**18 + 1, 5000, 5 * 10**17),
    ],
)
def test_commission_is_the_rate_on_a_win_rounded_down(result: int, rate: int, commission: int) -> None:
    assert commission_on(result, rate) == commission
