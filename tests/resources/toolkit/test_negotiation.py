"""Owns the tests of content negotiation.

Never tests representations.
Called by pytest.
"""

import pytest

from resources.toolkit.media.json import JSON
from resources.toolkit.negotiation import choose


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
    assert choose((JSON,), accept, None) is JSON


def test_json_is_given_to_who_says_nothing() -> None:
    assert choose((JSON,), "", None) is JSON


@pytest.mark.parametrize(
    "accept", ["text/html", "image/png, text/*", "application/json;q=0", "*/*;q=0", "nonsense", "a/b/c", ";"]
)
def test_who_takes_nothing_of_what_there_is_gets_none(accept: str) -> None:
    assert choose((JSON,), accept, None) is None
