"""Owns the tests of the toolkit's place in Falcon: routing, bodies with a limit, unknown paths.

Never tests decisions.
Called by pytest.
"""

from collections.abc import AsyncIterator
from typing import Any

import falcon
import pytest
from falcon import testing

from actors.machines import limits
from resources.toolkit.admission import Gates
from resources.toolkit.falcon_host import body_size, host, read_request
from resources.toolkit.http import HttpRequest
from tests.resources.toolkit.things import Secret, Thing, responder


def client(gates: Gates | None = None) -> testing.TestClient:
    answering = responder(lambda error: pytest.fail(repr(error)))
    return testing.TestClient(host([Thing(), Secret()], answering, gates or Gates()))


@pytest.mark.parametrize("path", ["/things/a", "/things/a/"])
def test_a_trailing_slash_is_optional(path: str) -> None:
    result = client().simulate_get(path, query_string="size=5")
    assert result.json == {"name": "a", "size": 5, "visitor": None}


def test_headers_and_bodies_arrive() -> None:
    headers = {"Authorization": "ada's", "Content-Type": "application/json"}
    result = client().simulate_post("/things/a/", headers=headers, body=b'{"name": "b"}')
    assert (result.status_code, result.json["owner"]) == (201, "ada")
    assert result.headers["location"] == "/things/new/"


def test_head_is_get_without_the_body() -> None:
    got, headed = client().simulate_get("/things/a"), client().simulate_head("/things/a")
    assert headed.content == b""
    assert headed.headers == got.headers


@pytest.mark.parametrize("method", ["OPTIONS", "PUT", "TRACE", "PROPFIND"])
def test_every_method_is_answered_by_the_resource(method: str) -> None:
    result = client().simulate_request(method, "/secret")
    assert result.status_code == (204 if method == "OPTIONS" else 405)
    assert result.headers["allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("path", ["/", "/nothing", "/things", "/things/a/b", "/secret/x"])
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_an_unknown_path_is_a_problem(method: str, path: str) -> None:
    result = client().simulate_request(method, path)
    assert (result.status_code, result.json["error_type"]) == (404, "NOT_FOUND")
    assert result.headers["content-type"] == "application/problem+json"


def test_a_method_that_http_does_not_have_is_a_problem() -> None:
    result = client().simulate_request("PURGE", "/secret")
    assert (result.status_code, result.json["error_type"]) == (400, "UNREADABLE")


def test_a_body_over_the_limit_is_413_whatever_it_is_for() -> None:
    body = b" " * (limits.BODY_BYTES_MAX + 1)
    headers = {"Authorization": "ada's", "Content-Type": "application/json"}
    for method in ("POST", "DELETE", "GET"):
        result = client().simulate_request(method, "/things/a", headers=headers, body=body)
        assert (result.status_code, result.json["error_type"]) == (413, "BODY_TOO_LARGE")


def test_a_body_of_just_the_limit_is_read() -> None:
    name = b"x" * (limits.BODY_BYTES_MAX - len(b'{"name":""}'))
    headers = {"Authorization": "ada's", "Content-Type": "application/json"}
    result = client().simulate_post("/things/a", headers=headers, body=b'{"name":"' + name + b'"}')
    assert result.status_code == 201


async def streamed(chunks: int, length: int | None) -> tuple[HttpRequest, int]:
    """A request whose body comes in chunks of 64 KiB; and how many of them were taken."""
    taken = 0

    async def receive() -> AsyncIterator[dict[str, Any]]:
        nonlocal taken
        for left in range(chunks - 1, -1, -1):
            taken += 1
            yield {"type": "http.request", "body": b"x" * 65_536, "more_body": left > 0}

    headers = {"transfer-encoding": "chunked"} if length is None else {"content-length": str(length)}
    events = receive()
    scope = testing.create_scope(path="/things/a", method="POST", headers=headers)
    request = falcon.asgi.Request(scope, lambda: anext(events))
    return await read_request(request, body_size(request)), taken


async def test_a_body_that_says_it_is_too_long_is_not_read() -> None:
    request, taken = await streamed(1_000, 1_000 * 65_536)
    assert (request.body, taken) == (None, 0)


async def test_a_body_that_does_not_say_how_long_it_is_is_read_up_to_the_limit() -> None:
    request, taken = await streamed(1_000, None)
    assert request.body is None
    assert taken == limits.BODY_BYTES_MAX // 65_536 + 1


@pytest.mark.parametrize(
    ("method", "version", "size"),
    [("POST", "2", limits.BODY_BYTES_MAX), ("GET", "2", 0), ("POST", "1.1", 0), ("POST", "1.0", 0)],
)
def test_from_http_2_on_a_body_needs_no_header(method: str, version: str, size: int) -> None:
    scope = testing.create_scope(path="/things/a", method=method, http_version=version)
    assert body_size(falcon.asgi.Request(scope, lambda: pytest.fail("nothing is read"))) == size


async def test_a_body_in_chunks_is_put_together() -> None:
    request, _ = await streamed(3, None)
    assert request.body == b"x" * 3 * 65_536


def test_what_is_not_let_in_is_a_problem_that_says_when_to_come_back() -> None:
    gates = Gates()
    gates.close_to_commands()
    body, headers = b'{"name": "b"}', {"Authorization": "ada's", "Content-Type": "application/json"}
    refused = client(gates).simulate_post("/things/a", headers=headers, body=body)
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
    assert refused.json["error_type"] == "SERVICE_TEMPORARILY_UNAVAILABLE"
    # Reading goes on.
    assert client(gates).simulate_get("/things/a").status_code == 200


def test_nothing_is_under_way_once_it_is_answered() -> None:
    gates = Gates()
    for method, body in (("GET", b""), ("POST", b"{"), ("PUT", b"x" * (limits.BODY_BYTES_MAX + 1))):
        client(gates).simulate_request(method, "/things/a", body=body)
        for gate in (gates.commands, gates.reads, gates.urgent):
            assert (gate.requests, gate.bytes) == (0, 0)
