"""Owns the tests of content negotiation.

Never tests representations.
Called by pytest.
"""

import pytest

from resources.toolkit.http import HttpRequest
from resources.toolkit.negotiation import require_acceptable
from resources.toolkit.problems import ProblemError


def asking(accept: str) -> HttpRequest:
    return HttpRequest("GET", "/v3", "", {"accept": accept})


@pytest.mark.parametrize(
    "accept",
    [
        "",
        "*/*",
        "application/json",
        "application/*",
        "APPLICATION/JSON",
        "application/json;q=0.1",
        "application/problem+json",
        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "application/json; charset=utf-8",
    ],
)
def test_json_is_given_to_who_takes_it(accept: str) -> None:
    require_acceptable(asking(accept))


def test_json_is_given_to_who_says_nothing() -> None:
    require_acceptable(HttpRequest("GET", "/v3"))


@pytest.mark.parametrize(
    "accept", ["text/html", "image/png, text/*", "application/json;q=0", "*/*;q=0", "nonsense", "a/b/c", ";"]
)
def test_who_takes_nothing_of_what_there_is_gets_406(accept: str) -> None:
    with pytest.raises(ProblemError) as caught:
        require_acceptable(asking(accept))
    assert caught.value.kind.status == 406
    assert "application/json" in caught.value.detail
