"""Owns the tests of reading a body: its type, its JSON, its shape.

Never tests the limit on its size, which is decided before.
Called by pytest.
"""

import pytest

from resources.toolkit.body import body_of, media_type_of, read_json
from resources.toolkit.fields import Shape
from resources.toolkit.problems import ProblemError


class Greeting(Shape):
    hello: str


def refusal_of(body: bytes) -> ProblemError:
    with pytest.raises(ProblemError) as caught:
        read_json(body)
    return caught.value


@pytest.mark.parametrize(
    "content_type", ["application/json", "application/json; charset=utf-8", "Application/JSON ;x=y"]
)
def test_a_type_is_read_without_its_parameters(content_type: str) -> None:
    assert media_type_of(content_type) == "application/json"


def test_json_is_read() -> None:
    assert read_json(b'{"a": [1, "\xc3\xa9"]}') == {"a": [1, "é"]}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        b'{"a": }',
        b"{'a': 1}",
        b"[1,]",
        b"[1] [2]",
        b"NaN",
        b"[Infinity]",
        b'{"a": -Infinity}',
        b"[1e999]",
        b"[01]",
        b"\xff\xfe",
        b'"\xff"',
        b'"\\ud800"',
        b"\xef\xbb\xbf{}",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"[" * 2_000 + b"]" * 2_000,
    ],
    ids=lambda body: f"{body[:12]!r} of {len(body)}",
)
def test_what_is_no_json_is_400(body: bytes) -> None:
    problem = refusal_of(body)
    assert (problem.kind.status, problem.kind.error_type) == (400, "UNREADABLE")


def test_a_shape_is_parsed() -> None:
    assert body_of(Greeting).parse({"hello": "you"}) == Greeting(hello="you")
    with pytest.raises(ProblemError):
        body_of(Greeting).parse({"goodbye": "you"})
