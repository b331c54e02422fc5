"""Owns the tests of the decisions: which questions a request is asked, in which order, and where each leads.

Never tests what an answer looks like.
Called by pytest.
"""

from collections.abc import Mapping
from typing import Final

import pytest

from resources.toolkit.browsers import TOKEN_FIELD, Browsers
from resources.toolkit.decisions import FIRST, TABLE, End, Raises
from resources.toolkit.handling import Handling
from resources.toolkit.http import HttpRequest, HttpResponse
from resources.toolkit.resource import Resource
from tests.resources.toolkit.things import Secret, Thing, Turnstile, responder

ADA: Final = {"authorization": "ada's"}
BOSS: Final = {"authorization": "boss's"}
JSON: Final = {"content-type": "application/json"}
FORM: Final = {"content-type": "application/x-www-form-urlencoded"}
BODY: Final = b'{"name": "b"}'
BROWSERS: Final = Browsers(b"a secret", secure=False)
SIGNED_IN: Final = {"cookie": "credence_session=ada's", "host": "here"}
ADAS_TOKEN: Final = BROWSERS.form_token("ada's").encode()

START: Final = (
    "is the URL short enough?",
    "what is possible?",
    "is it a form?",
)
KNOWN: Final = (
    *START,
    "is the method known?",
    "are credentials shown?",
    "are they good?",
    "could a page have forged it?",
    "is there room?",
    "must they be known?",
    "does the session live?",
    "does the role allow it?",
    "is it offered so?",
    "is the body whole?",
    "does it take a body?",
)
READ: Final = (
    *START,
    "is the method known?",
    "are credentials shown?",
    "may anyone?",
    "could a page have forged it?",
    "is there room?",
    "must they be known?",
    "is it offered so?",
    "is the body whole?",
    "does it take a body?",
    "are path and query valid?",
    "is there a precondition?",
    "is it carried out?",
    "is it modified?",
)
COMMAND: Final = (
    *KNOWN,
    "is the body's type known?",
    "is the body valid?",
    "are path and query valid?",
    "is there a precondition?",
    "is it carried out?",
    "is it modified?",
)


async def ask(
    method: str,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = b"",
    *,
    name: str = "a",
    query: str = "",
    resource: Resource | None = None,
    turnstile: Turnstile | None = None,
) -> tuple[Handling, HttpResponse]:
    answering = responder(lambda error: pytest.fail(repr(error)), admission=turnstile)
    request = HttpRequest(method, f"/things/{name}", query, headers or {}, body)
    return await answering.handle(resource or Thing(), request, {"name": name})


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_the_way_of_a_reader(method: str) -> None:
    handling, response = await ask(method)
    assert (tuple(handling.path), response.status) == (READ, 200)


@pytest.mark.parametrize(
    ("method", "who", "status"), [("POST", ADA, 201), ("PATCH", ADA, 202), ("PUT", BOSS, 200)]
)
async def test_the_way_of_a_command(method: str, who: dict[str, str], status: int) -> None:
    handling, response = await ask(method, who | JSON, BODY)
    assert (tuple(handling.path), response.status) == (COMMAND, status)


async def test_the_way_of_a_command_without_a_body() -> None:
    handling, response = await ask("DELETE", ADA)
    assert tuple(handling.path) == (*KNOWN, *READ[-4:])
    assert response.status == 204


@pytest.mark.parametrize(
    ("method", "headers", "body", "last", "status"),
    [
        ("OPTIONS", {}, b"", "what is possible?", 204),
        ("POST", ADA | FORM, b"no pairs", "is the form readable?", 400),
        ("TRACE", {}, b"", "is the method known?", 405),
        ("POST", JSON, BODY, "may anyone?", 401),
        ("POST", JSON | {"authorization": "forged"}, BODY, "may anyone?", 401),
        ("POST", SIGNED_IN | JSON, BODY, "is it from our page?", 403),
        ("POST", SIGNED_IN | FORM, b"name=b", "is it from our page?", 403),
        ("PUT", ADA | JSON, BODY, "does the role allow it?", 403),
        ("POST", ADA | JSON | {"accept": "image/png"}, BODY, "is it offered so?", 406),
        ("POST", ADA | JSON, None, "is the body whole?", 413),
        ("POST", ADA, BODY, "is the body's type known?", 415),
        ("POST", ADA | JSON, b"{", "is the body valid?", 400),
        ("POST", ADA | JSON, b"{}", "is the body valid?", 422),
        ("POST", ADA | FORM, b"nome=b", "is the body valid?", 422),
        ("PATCH", ADA | JSON | {"if-match": '"other"'}, BODY, "does it hold?", 412),
        ("GET", {"if-none-match": "*"}, b"", "is it modified?", 304),
    ],
)
async def test_where_each_way_ends(
    method: str, headers: dict[str, str], body: bytes | None, last: str, status: int
) -> None:
    handling, response = await ask(method, headers, body)
    assert (handling.path[-1], response.status) == (last, status)


async def test_ways_that_end_for_the_path_the_query_and_the_resource() -> None:
    for name, query, last, status in (
        ("a", "size=-1", "are path and query valid?", 422),
        ("nowhere", "", "is it carried out?", 404),
        ("x" * 9_000, "", FIRST, 414),
    ):
        handling, response = await ask("GET", name=name, query=query)
        assert (handling.path[-1], response.status) == (last, status)


async def test_who_asks_for_too_much_gets_no_further() -> None:
    turnstile = Turnstile()
    turnstile.refused = {"ada", "anyone"}
    for headers in ({}, ADA):
        handling, response = await ask("GET", headers, turnstile=turnstile)
        assert (handling.path[-1], response.status) == ("is there room?", 503)


async def test_an_ended_session_reads_nothing_private() -> None:
    handling, response = await ask("GET", {"authorization": "ended"}, resource=Secret())
    assert (handling.path[-1], response.status) == ("does the session live?", 401)


@pytest.mark.parametrize("meant", ["POST", "PATCH", "patch"])
async def test_a_form_of_our_page_does_what_it_means(meant: str) -> None:
    body = b"_method=%s&name=b&%s=%s" % (meant.encode(), TOKEN_FIELD.encode(), ADAS_TOKEN)
    handling, response = await ask("POST", SIGNED_IN | FORM, body)
    assert "is it from our page?" in handling.path
    assert handling.method_name == meant.upper()
    assert response.status == 303


async def test_a_form_without_a_body_means_its_fields_as_a_query() -> None:
    body = b"_method=DELETE&a=1&%s=%s" % (TOKEN_FIELD.encode(), ADAS_TOKEN)
    handling, response = await ask("POST", SIGNED_IN | FORM, body)
    assert (handling.query_string, response.status) == ("a=1", 303)


@pytest.mark.parametrize("meant", ["GET", "HEAD", "OPTIONS", "TRACE", ""])
async def test_a_form_can_not_mean_to_read(meant: str) -> None:
    handling, response = await ask("POST", SIGNED_IN | FORM, f"_method={meant}&a=b".encode())
    assert (handling.path[-1], response.status) == ("is the method known?", 405)


async def test_a_cookie_alone_changes_nothing_and_a_header_with_the_token_does() -> None:
    for method in ("POST", "PATCH", "DELETE"):
        assert (await ask(method, SIGNED_IN | JSON, BODY))[1].status == 403
    with_token = SIGNED_IN | JSON | {"x-csrf-token": ADAS_TOKEN.decode()}
    assert (await ask("POST", with_token, BODY))[1].status == 201
    from_elsewhere = with_token | {"sec-fetch-site": "cross-site"}
    assert (await ask("POST", from_elsewhere, BODY))[1].status == 403


async def test_a_cookie_alone_reads() -> None:
    handling, response = await ask("GET", SIGNED_IN, resource=Secret())
    assert (response.status, handling.has_cookie) == (200, True)


async def test_who_shows_a_header_is_not_asked_for_a_forms_token() -> None:
    handling, response = await ask("POST", ADA | FORM | SIGNED_IN, b"name=b")
    assert "is it from our page?" not in handling.path
    assert response.status == 303


async def test_a_precondition_is_about_what_a_reader_sees() -> None:
    _, seen = await ask("GET", ADA)
    tag = seen.headers["etag"]
    held, response = await ask("PATCH", ADA | JSON | {"if-match": tag}, BODY)
    assert (held.path[-4:-2], response.status) == (["is there a precondition?", "does it hold?"], 202)
    _, response = await ask("PATCH", ADA | JSON | {"if-match": tag}, BODY, name="b")
    assert response.status == 412


async def test_a_precondition_on_what_can_not_be_read_never_holds() -> None:
    unread = Thing()
    unread.methods = {name: method for name, method in unread.methods.items() if name != "GET"}
    _, response = await ask("PATCH", ADA | JSON | {"if-match": "*"}, BODY, resource=unread)
    assert response.status == 412


async def test_what_is_known_already_is_not_sent_again() -> None:
    _, first = await ask("GET")
    handling, again = await ask("GET", {"if-none-match": first.headers["etag"]})
    assert (again.status, again.body) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert handling.path == list(READ)


def test_every_question_is_reached_and_leads_somewhere() -> None:
    led_to = {FIRST}
    for decision in TABLE.values():
        led_to |= {leads for leads in (decision.yes, decision.no) if isinstance(leads, str)}
    assert led_to == TABLE.keys()


def test_no_way_goes_in_a_circle() -> None:
    order = list(TABLE)
    for name, decision in TABLE.items():
        for leads_to in (decision.yes, decision.no):
            if isinstance(leads_to, str):
                assert order.index(leads_to) > order.index(name)


def test_ends_say_their_status() -> None:
    statuses = set()
    for decision in TABLE.values():
        for leads_to in (decision.yes, decision.no):
            if isinstance(leads_to, End):
                statuses.add(leads_to.status)
            elif isinstance(leads_to, Raises):
                statuses |= set(leads_to.statuses)
    assert statuses == {200, 204, 304, 400, 401, 403, 404, 405, 406, 412, 413, 414, 415, 422, 429, 503}
