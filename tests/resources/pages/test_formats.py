"""Owns the cases of how pages write prices, money and times.

Never tests how they stand on a page.
Called by pytest.
"""

import pytest

from resources.pages import formats

SPACE = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"


@pytest.mark.parametrize(
    ("ticks", "expected"),
    [
        (1, f"0.01{SPACE}%"),
        (50, f"0.5{SPACE}%"),
        (3900, f"39{SPACE}%"),
        (9999, f"99.99{SPACE}%"),
        ("3933.3333", f"39.33{SPACE}%"),
        ("4000.00", f"40{SPACE}%"),
        ("what", "what"),
    ],
)
def test_a_price_is_a_percentage(ticks: object, expected: str) -> None:
    assert formats.percent(ticks) == expected


@pytest.mark.parametrize(
    ("amount", "expected", "signed", "is_loss"),
    [
        ("0.00", "0.00", "0.00", False),
        ("1234567.5", "1,234,567.50", "+1,234,567.50", False),
        ("-12.00", f"{MINUS}12.00", f"{MINUS}12.00", True),
        ("0.12345678", "0.12", "+0.12", False),
        ("-0.0015", "0.00", "0.00", False),
        ("0.0015", "0.00", "0.00", False),
        ("-0.0051", f"{MINUS}0.01", f"{MINUS}0.01", True),
        ("", "", "", False),
    ],
)
def test_money_has_two_places(amount: str, expected: str, signed: str, is_loss: bool) -> None:
    assert formats.money(amount) == expected
    assert formats.signed_money(amount) == signed
    assert formats.is_loss(amount) is is_loss
    assert formats.is_gain(amount) is signed.startswith("+")


@pytest.mark.parametrize(
    ("quantity", "expected"),
    [
        (10_000, "1.00"),
        (1, "0.0001"),
        (25_050, "2.5050"),
        (-150_000, f"{MINUS}15.00"),
        (10**10, "1,000,000.00"),
        ("?", "?"),
    ],
)
def test_a_quantity_is_what_it_pays(quantity: object, expected: str) -> None:
    assert formats.payout(quantity) == expected


@pytest.mark.parametrize(
    ("side", "price", "quantity", "expected"),
    [
        ("buy", 3900, 100_000, "3.90"),
        ("sell", 3900, 100_000, "6.10"),
        ("buy", "?", 1, ""),
        ("buy", 1, "?", ""),
    ],
)
def test_what_an_order_risks(side: str, price: object, quantity: object, expected: str) -> None:
    assert formats.risk({"side": side, "price": price, "quantity": quantity}) == expected


@pytest.mark.parametrize(("rate", "expected"), [("0.02", f"2{SPACE}%"), ("0.00", f"0{SPACE}%"), ("x", "x")])
def test_a_commission_is_a_percentage(rate: str, expected: str) -> None:
    assert formats.rate(rate) == expected


def test_times_are_readable_and_for_machines() -> None:
    time = "2026-05-07T14:03:09.123456Z"
    assert formats.moment(time) == "7 May 2026, 14:03 UTC"
    assert formats.clock(time) == "7 May, 14:03:09"
    assert formats.machine_time(time) == "2026-05-07T14:03:09.123Z"
    assert formats.machine_time("2026-05-07T14:03:09Z") == "2026-05-07T14:03:09Z"
    assert formats.local_time(time) == "2026-05-07T14:03"
    assert (formats.moment("soon"), formats.clock("soon")) == ("soon", "soon")


def test_bars_are_as_long_as_their_part_of_the_largest() -> None:
    levels = [[3900, 10], [3800, 200], [3700, 100]]
    assert [formats.bar(quantity, levels) for _, quantity in levels] == [1, 20, 10]
