"""Owns the cases of what fields hold, by their names.

Never tests how they are written.
Called by pytest.
"""

import pytest

from resources.pages.kinds import kind_of


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("price", 3900, "price"),
        ("average_price", "3900.00", "price"),
        ("volume", 5, "quantity"),
        ("balance", "1.00", "money"),
        ("commission", "0.02", "rate"),
        ("created_datetime", "2026-05-17T14:00:00Z", "time"),
        ("timestamp", "2026-05-17T14:00:00Z", "time"),
        ("state", "open", "state"),
        ("side", "buy", "word"),
        ("market_id", "7", "link"),
        ("name", "Gulls", ""),
        ("price", None, ""),
        ("price", [1], ""),
        ("volume", True, ""),
    ],
)
def test_a_field_is_what_its_name_says(name: str, value: object, expected: str) -> None:
    assert kind_of(name, value) == expected
