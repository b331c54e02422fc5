"""Owns the tests of what the components share: headers that come in any form, refusals.

Never tests a component.
Called by pytest.
"""

import orjson

from resources.middleware.asgi import Event, Scope, address_of, header, headers_of, refuse
from resources.toolkit.problems import URL_TOO_LONG, ProblemError
from tests.resources.middleware.asking import answer_of


def test_headers_that_can_be_gone_through_once_become_a_list() -> None:
    scope: Scope = {"headers": iter([iter([b"a", b"1"]), iter([b"b", b"2"]), iter([b"b", b"3"])])}
    assert header(scope, b"b") == b"2"
    assert header(scope, b"c") is None
    assert headers_of(scope) == [(b"a", b"1"), (b"b", b"2"), (b"b", b"3")]


def test_a_list_is_taken_as_it_is() -> None:
    headers = [(b"a", b"1")]
    assert headers_of({"headers": headers}) is headers


def test_the_address_of_who_asks() -> None:
    scope: Scope = {"client": iter(["203.0.113.9", 80])}
    assert [address_of(scope), address_of(scope)] == ["203.0.113.9"] * 2
    assert address_of({"client": ["203.0.113.9", 80]}) == "203.0.113.9"
    assert address_of({"client": None}) is None
    assert address_of({}) is None


async def test_a_refusal_is_a_problem_document() -> None:
    sent: list[Event] = []

    async def send(event: Event) -> None:
        sent.append(event)

    problem = ProblemError(URL_TOO_LONG, "Too long.")
    await refuse(send, problem)
    answer = answer_of(sent)
    assert answer.status == 414
    assert answer.headers == {
        "content-type": "application/problem+json",
        "cache-control": "no-store",
        "content-length": str(len(answer.body)),
    }
    assert orjson.loads(answer.body) == problem.document
