"""Owns the tests of query parameters: repeated, comma-separated, empty, unknown.

Never tests which parameters a resource has.
Called by pytest.
"""

from datetime import UTC, datetime
from typing import Annotated

import msgspec
import pytest

from resources.toolkit.problems import ProblemError
from resources.toolkit.query import Query, query_of


class Search(Query, frozen=True):
    limit: Annotated[int, msgspec.Meta(ge=1, le=1_000)] = 20
    deep: bool = False
    states: tuple[str, ...] = ()
    ids: Annotated[tuple[int, ...], msgspec.Meta(max_length=3)] = ()
    cursor: str | None = None


class Between(Query, frozen=True, rename={"since": "from"}):
    since: int = 0
    until: Annotated[datetime, msgspec.Meta(tz=True)] | None = None


parse = query_of(Search)


@pytest.mark.parametrize(
    ("query_string", "expected"),
    [
        ("", Search()),
        ("limit=5", Search(limit=5)),
        ("limit=5&limit=6", Search(limit=6)),
        ("limit=&limit=7&", Search(limit=7)),
        ("limit=", Search()),
        ("states=open&&sort=id", Search(states=("open",))),
        ("states=open,halted&states=closed", Search(states=("open", "halted", "closed"))),
        ("states=,open,,", Search(states=("open",))),
        ("states=", Search()),
        ("ids=1,2&ids=3", Search(ids=(1, 2, 3))),
        ("deep=True", Search(deep=True)),
        ("deep=TRUE", Search(deep=True)),
        ("deep=1", Search(deep=True)),
        ("deep=False", Search()),
        ("deep=0", Search()),
        ("unknown=1&also[]=2", Search()),
        ("cursor=a%2Cb%3D", Search(cursor="a,b=")),
        ("states=a%2Cb", Search(states=("a", "b"))),
        ("&&&=&=x", Search()),
    ],
)
def test_parameters_are_read(query_string: str, expected: Search) -> None:
    assert parse(query_string) == expected


@pytest.mark.parametrize(
    ("query_string", "field"),
    [
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("limit=ten", "limit"),
        ("limit=99999999999999999999999999", "limit"),
        ("deep=perhaps", "deep"),
        ("ids=1,x", "ids[1]"),
        ("ids=1,2,3,4", "ids"),
    ],
)
def test_a_wrong_parameter_is_named(query_string: str, field: str) -> None:
    with pytest.raises(ProblemError) as caught:
        parse(query_string)
    assert caught.value.kind.status == 422
    assert caught.value.errors[0].field == field


def test_a_parameter_may_have_a_name_that_python_does_not_allow() -> None:
    assert query_of(Between)("from=5&since=6") == Between(since=5)


@pytest.mark.parametrize("text", ["2026-05-17T14:00", "2026-05-17T14:00:00", "2026-05-17T16:00:00%2B02:00"])
def test_a_time_without_a_zone_is_in_utc_as_browsers_send_it(text: str) -> None:
    assert query_of(Between)(f"until={text}").until == datetime(2026, 5, 17, 14, tzinfo=UTC)
