"""Owns the tests of how headers are described.

Never tests what the headers do.
Called by pytest.
"""

import re

import pytest

from resources.openapi.headers import HEADERS, IDEMPOTENCY_KEY, MIN_POSITION, PARAMETERS, headers, parameter
from resources.toolkit.positions import format_position


def pattern(name: str) -> str:
    schema = PARAMETERS[name]["schema"]
    assert isinstance(schema, dict)
    return str(schema["pattern"])


def test_a_position_that_was_given_out_can_be_sent_back() -> None:
    given_out = format_position({"markets-0": 77, "accounts-1": 812})
    assert re.search(pattern(MIN_POSITION), given_out)


@pytest.mark.parametrize(
    ("key", "fits"), [("order-0001", True), ("a b", True), ("", False), (" a", False), ("ä", False)]
)
def test_a_key_is_printable(key: str, fits: bool) -> None:
    assert bool(re.search(pattern(IDEMPOTENCY_KEY), key)) is fits


def test_headers_are_described_once() -> None:
    assert parameter(MIN_POSITION) == {"$ref": "#/components/parameters/MinPosition"}
    assert headers("ETag") == {"ETag": {"$ref": "#/components/headers/ETag"}}
    with pytest.raises(KeyError):
        headers("X-Nobody")
    assert all(header["description"] for header in HEADERS.values())
