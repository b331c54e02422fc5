"""Owns the tests of URL patterns with typed fields.

Never tests routing.
Called by pytest.
"""

import pytest

from resources.toolkit.identities import Several
from resources.toolkit.patterns import Pattern
from resources.toolkit.problems import ProblemError


def test_a_pattern_is_a_template_for_routers() -> None:
    assert Pattern("/v3/markets/{ids:identities}/quotes").template == "/v3/markets/{ids}/quotes"
    assert Pattern("/v3").template == "/v3"


@pytest.mark.parametrize(
    ("pattern", "given", "expected"),
    [
        ("/orders/{order_id:identity}", "17", 17),
        ("/markets/{ids:identities}", "3,1", Several([3, 1], single=False)),
        ("/members/{username:username}", "ada_1-x", "ada_1-x"),
        ("/things/{name:word}", "anything", "anything"),
    ],
)
def test_a_field_has_a_value_of_its_kind(pattern: str, given: str, expected: object) -> None:
    parsed = Pattern(pattern)
    (name,) = parsed.fields
    assert parsed.parse({name: given}) == {name: expected}


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("identity", "0"),
        ("identity", "x"),
        ("identity", "1,2"),
        ("identity", "-1"),
        ("identity", "9" * 20),
        ("username", "Ada"),
        ("username", "ad"),
        ("username", "a" * 33),
        ("username", "ada\n"),
        ("username", "../etc"),
    ],
)
def test_what_nothing_is_called_is_404(kind: str, given: str) -> None:
    with pytest.raises(ProblemError) as caught:
        Pattern(f"/x/{{name:{kind}}}").parse({"name": given})
    assert caught.value.kind.status == 404


def test_an_unknown_kind_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        Pattern("/x/{name:colour}")


def test_a_path_is_made_as_it_is_linked_to() -> None:
    several = Several([1, 2], single=False)
    assert Pattern("/v3/markets/{ids:identities}/quotes").path(ids=several) == "/v3/markets/1,2/quotes/"
    assert Pattern("/").path() == "/"
