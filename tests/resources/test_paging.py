"""Owns the tests of what all lists share: their parameters, and the link to the next page.

Never reads a list.
Called by pytest.
"""

import pytest

from actors.machines import limits
from resources.paging import PageQuery, pagination
from resources.toolkit.http import HttpRequest
from resources.toolkit.problems import ProblemError
from resources.toolkit.query import query_of

parse = query_of(PageQuery)


def test_a_page_has_defaults() -> None:
    query = parse("")
    assert (query.limit, query.sort_text, query.cursor) == (limits.PAGE_LIMIT_DEFAULT, None, None)


@pytest.mark.parametrize("query", ["sort=-id,created", "sort=-id&sort=created", "sort=-id,,created,"])
def test_a_list_is_sorted_by_several_keys(query: str) -> None:
    assert parse(query).sort_text == "-id,created"


@pytest.mark.parametrize("limit", [0, -1, limits.PAGE_LIMIT_MAX + 1])
def test_a_page_has_a_limit(limit: int) -> None:
    with pytest.raises(ProblemError):
        parse(f"limit={limit}")


@pytest.mark.parametrize(
    ("query", "cursor", "next_page"),
    [
        ("", None, None),
        ("limit=5", None, None),
        ("", "abc", "?cursor=abc"),
        ("states=open&limit=5", "a=b", "?states=open&limit=5&cursor=a%3Db"),
        ("cursor=old&states=a&states=b", "new", "?states=a&states=b&cursor=new"),
        ("types=a%26b&empty=&", "c", "?types=a%26b&cursor=c"),
    ],
)
def test_the_next_page_is_the_same_one_further_on(
    query: str, cursor: str | None, next_page: str | None
) -> None:
    assert pagination(HttpRequest("GET", "/v3/events", query), cursor) == {"next_page": next_page}
