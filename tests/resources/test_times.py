"""Owns the tests of moments as clients write them.

Never reads a clock.
Called by pytest.
"""

from datetime import datetime

import pytest

from resources.times import Moment, microseconds
from resources.toolkit.fields import check, matches
from resources.toolkit.problems import ProblemError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T00:00:01.000001Z", 1_000_001),
        ("1970-01-01T02:00:00+02:00", 0),
        ("2026-05-17T14:00:00-00:30", 1_779_028_200_000_000),
        ("9999-12-31T23:59:59.999999Z", 253_402_300_799_999_999),
    ],
)
def test_a_moment_is_microseconds_since_1970(text: str, expected: int) -> None:
    moment = check({"at": text}, dict[str, Moment])["at"]
    assert microseconds("at", moment) == expected


@pytest.mark.parametrize(
    "text",
    ["", "now", "2026-05-17", "2026-05-17T14:00:00", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", 5],
)
def test_no_moments(text: object) -> None:
    assert not matches(text, Moment)


def test_before_1970_there_is_nothing() -> None:
    with pytest.raises(ProblemError) as caught:
        microseconds("start_datetime", datetime.fromisoformat("1969-12-31T23:59:59.999999+00:00"))
    assert (caught.value.kind.status, caught.value.errors[0].field) == (422, "start_datetime")
