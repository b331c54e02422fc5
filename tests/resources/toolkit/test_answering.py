"""Owns the tests of the decisions that all resources share: each alone, and which comes first.

Never tests a resource of ours.
Called by pytest.
"""

from collections.abc import Mapping
from typing import Final

import orjson
import pytest

from actors.machines import limits
from resources.toolkit.http import HttpRequest, HttpResponse
from resources.toolkit.resource import Resource
from tests.resources.toolkit.things import Mirror, Secret, Thing, TokenAuthority, Turnstile, responder

ADA: Final = {"authorization": "ada's"}
BOSS: Final = {"authorization": "boss's"}
JSON: Final = {"content-type": "application/json"}
BODY: Final = b'{"name": "b"}'
LONG: Final = "x" * limits.URL_CHARACTERS_MAX


class Conversation:
    """A responder, who it confirmed, and what it reported."""

    def __init__(self) -> None:
        self.authority = TokenAuthority()
        self.reported: list[Exception] = []
        self.turnstile = Turnstile()
        self._responder = responder(self.reported.append, self.authority, self.turnstile)

    async def answer(
        self,
        method: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = b"",
        *,
        name: str = "a",
        query: str = "",
        resource: Resource | None = None,
    ) -> HttpResponse:
        request = HttpRequest(method, f"/things/{name}", query, headers or {}, body)
        return await self._responder.respond(resource or Thing(), request, {"name": name})


async def answer(method: str, headers: Mapping[str, str] | None = None, body: bytes | None = b"") -> int:
    return (await Conversation().answer(method, headers, body)).status


@pytest.mark.parametrize(
    ("method", "headers", "body", "status"),
    [
        ("GET", {}, b"", 200),
        ("HEAD", {}, b"", 200),
        ("OPTIONS", {}, b"", 204),
        ("POST", ADA | JSON, BODY, 201),
        ("PATCH", ADA | JSON, BODY, 202),
        ("PUT", BOSS | JSON, BODY, 200),
        ("DELETE", ADA, b"", 204),
        # Ended by one decision each.
        ("TRACE", ADA | JSON, BODY, 405),
        ("POST", JSON, BODY, 401),
        ("POST", JSON | {"authorization": "forged"}, BODY, 401),
        ("PUT", ADA | JSON, BODY, 403),
        ("POST", ADA | JSON | {"accept": "text/html"}, BODY, 406),
        ("POST", ADA | JSON, None, 413),
        ("GET", {}, None, 413),
        ("POST", ADA, BODY, 415),
        ("POST", ADA | JSON, b"{", 400),
        ("POST", ADA | JSON, b"{}", 422),
        # Wrong in two ways: the decision that comes first ends it.
        ("TRACE", {"authorization": "forged"}, None, 405),
        ("PUT", {"accept": "text/html"}, None, 401),
        ("PUT", ADA | {"accept": "text/html"}, None, 403),
        ("PUT", BOSS | {"accept": "text/html"}, None, 406),
        ("PUT", BOSS, b"{", 415),
    ],
)
async def test_the_decisions_in_their_order(
    method: str, headers: dict[str, str], body: bytes | None, status: int
) -> None:
    assert await answer(method, headers, body) == status


async def test_who_asks_for_too_much_is_told_before_anything_is_parsed() -> None:
    conversation = Conversation()
    conversation.turnstile.refused = {"ada"}
    for method, resource in (("POST", Thing()), ("DELETE", Thing()), ("GET", Secret())):
        response = await conversation.answer(method, ADA, b"{", resource=resource)
        assert (response.status, response.headers["retry-after"]) == (503, "1")
    assert conversation.turnstile.came == [("ada", False), ("ada", False), ("ada", True)]
    assert conversation.authority.confirmed == []


async def test_a_url_has_a_limit_before_everything_else() -> None:
    response = await Conversation().answer("TRACE", name=LONG)
    assert response.status == 414
    response = await Conversation().answer("GET", query=f"size={LONG}")
    assert response.status == 414


async def test_options_and_405_name_what_is_allowed() -> None:
    conversation = Conversation()
    for method in ("OPTIONS", "TRACE"):
        response = await conversation.answer(method)
        assert response.headers["allow"] == "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"
    response = await conversation.answer("POST", resource=Secret())
    assert response.headers["allow"] == "GET, HEAD, OPTIONS"


async def test_a_representation_tells_what_it_is_and_how_current() -> None:
    response = await Conversation().answer("GET", query="size=2")
    assert response.body == b'{"name":"a","size":2,"visitor":null}'
    assert response.headers["content-type"] == "application/json"
    assert response.headers["x-credence-position"] == "things-0:7"


async def test_an_etag_is_of_the_content_alone() -> None:
    conversation = Conversation()
    first = await conversation.answer("GET")
    again = await conversation.answer("HEAD")
    other = await conversation.answer("GET", query="size=2")
    assert first.headers["etag"] == again.headers["etag"] != other.headers["etag"]
    assert first.headers["etag"].startswith('"')
    assert "etag" not in (await conversation.answer("POST", ADA | JSON, BODY)).headers


async def test_what_was_made_has_a_location() -> None:
    response = await Conversation().answer("POST", ADA | JSON, BODY)
    assert response.headers["location"] == "/things/new/"
    assert orjson.loads(response.body) == {"name": "b", "owner": "ada"}


async def test_nothing_to_say_is_an_empty_body() -> None:
    response = await Conversation().answer("DELETE", ADA)
    assert response.body == b""
    assert response.headers["x-credence-position"] == "things-0:7"


async def test_only_what_anyone_may_read_may_be_stored() -> None:
    conversation = Conversation()
    public = await conversation.answer("GET")
    private = await conversation.answer("GET", ADA, resource=Secret())
    answered = await conversation.answer("POST", ADA | JSON, BODY)
    assert public.headers["cache-control"] == "no-cache"
    assert private.headers["cache-control"] == "private, no-cache"
    assert answered.headers["cache-control"] == "no-store"


async def test_a_reading_members_session_is_confirmed_and_a_commands_is_left_to_the_actor() -> None:
    conversation = Conversation()
    await conversation.answer("GET", ADA, resource=Secret())
    await conversation.answer("POST", ADA | JSON, BODY)
    assert conversation.authority.confirmed == ["ada"]


async def test_an_ended_session_reads_nothing_private() -> None:
    response = await Conversation().answer("GET", {"authorization": "ended"}, resource=Secret())
    assert response.status == 401


async def test_a_visitor_of_a_public_resource_is_known_by_a_good_token_and_a_bad_one_does_no_harm() -> None:
    conversation = Conversation()
    known = await conversation.answer("GET", ADA)
    unknown = await conversation.answer("GET", {"authorization": "forged"})
    assert orjson.loads(known.body)["visitor"] == "ada"
    assert (unknown.status, orjson.loads(unknown.body)["visitor"]) == (200, None)


@pytest.mark.parametrize(
    ("headers", "visitor", "cache"),
    [
        ({}, None, "no-cache"),
        ({"authorization": "ada's"}, "ada", "private, no-cache"),
        ({"authorization": "ended"}, None, "no-cache"),
        ({"authorization": "forged"}, None, "no-cache"),
    ],
)
async def test_what_depends_on_who_looks_is_kept_for_nobody_else_and_an_ended_session_is_nobody(
    headers: dict[str, str], visitor: str | None, cache: str
) -> None:
    response = await Conversation().answer("GET", headers, resource=Mirror())
    assert orjson.loads(response.body) == {"visitor": visitor, "public": visitor is None}
    assert response.headers["cache-control"] == cache
    assert response.headers["vary"] == "accept, authorization, cookie"


async def test_a_problem_of_the_resource_is_its_answer() -> None:
    response = await Conversation().answer("GET", name="nowhere")
    assert (response.status, response.headers["content-type"]) == (404, "application/problem+json")


async def test_what_nobody_foresaw_is_500_and_reported_without_a_word_of_it_outside() -> None:
    conversation = Conversation()
    response = await conversation.answer("GET", name="broken")
    assert (response.status, orjson.loads(response.body)["error_type"]) == (500, "INTERNAL_ERROR")
    assert b"foresaw" not in response.body
    assert [str(error) for error in conversation.reported] == ["nobody foresaw this"]
