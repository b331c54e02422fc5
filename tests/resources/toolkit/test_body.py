"""Owns the tests of reading a body: its type, its JSON, its shape.

Never tests the limit on its size, which is decided before.
Called by pytest.
"""

import pytest

from resources.toolkit.body import body_of, read_json
from resources.toolkit.fields import Shape
from resources.toolkit.http import HttpRequest
from resources.toolkit.problems import ProblemError


class Greeting(Shape):
    hello: str


def posted(body: bytes, content_type: str | None = "application/json", method: str = "POST") -> HttpRequest:
    headers = {} if content_type is None else {"content-type": content_type}
    return HttpRequest(method, "/v3/orders", "", headers, body)


def refusal_of(request: HttpRequest) -> ProblemError:
    with pytest.raises(ProblemError) as caught:
        read_json(request)
    return caught.value


@pytest.mark.parametrize(
    "content_type", ["application/json", "application/json; charset=utf-8", "Application/JSON ;x=y"]
)
def test_json_is_read(content_type: str) -> None:
    assert read_json(posted(b'{"a": [1, "\xc3\xa9"]}', content_type)) == {"a": [1, "é"]}


@pytest.mark.parametrize(
    "content_type", [None, "", "text/plain", "application/x-www-form-urlencoded", "application/jsonx", "json"]
)
def test_a_body_of_another_type_is_415_and_names_the_right_one(content_type: str | None) -> None:
    problem = refusal_of(posted(b"{}", content_type))
    assert problem.kind.status == 415
    assert problem.headers == {"accept-post": "application/json"}


def test_no_body_needs_no_type_but_is_no_json() -> None:
    assert refusal_of(posted(b"", None)).kind.status == 400


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
    problem = refusal_of(posted(body))
    assert (problem.kind.status, problem.kind.error_type) == (400, "UNREADABLE")


def test_a_shape_is_parsed() -> None:
    assert body_of(Greeting)({"hello": "you"}) == Greeting(hello="you")
    with pytest.raises(ProblemError):
        body_of(Greeting)({"goodbye": "you"})
