"""Owns the tests of what is sent of an outcome or a problem: links, forms, their tokens, and for whom.

Never tests what a representation looks like.
Called by pytest.
"""

from collections.abc import Mapping

import pytest

from resources.toolkit.browsers import TOKEN_FIELD
from resources.toolkit.handling import Handling
from resources.toolkit.http import HttpRequest, HttpResponse
from resources.toolkit.media.json import JSON
from resources.toolkit.media.page import page
from resources.toolkit.query import Query
from resources.toolkit.representing import is_for, link_header, path_of
from resources.toolkit.resource import NO_QUERY, Call, Outcome, Resource, Session, done, read
from resources.toolkit.view import Link
from resources.toolkit.visitor import Who
from tests.resources.toolkit.things import MEMBERS, Thing, responder

PAGE = {"accept": "text/html"}
ADA = {"authorization": "ada's"}


class Shelf(Resource):
    """A list with pages, that is about one thing or several."""

    pattern = "/shelves/{ids:identities}"
    title = "Shelf"
    representations = (JSON, *page())

    def __init__(self) -> None:
        self.methods = {"GET": read(Who.ANYONE, NO_QUERY, self.show)}

    async def show(self, call: Call[None, Query]) -> Outcome:
        return done({"format": call.format, "pagination": {"next_page": "?cursor=c2"}}, {})


class Pages(Thing):
    representations = (JSON, *page())


async def ask(
    resource: Resource, method: str, headers: Mapping[str, str], query: str = "", body: bytes = b""
) -> tuple[Handling, HttpResponse]:
    answering = responder(lambda error: pytest.fail(repr(error)), more=(Pages(), Shelf()))
    request = HttpRequest(method, "/things/a", query, headers, body)
    return await answering.handle(resource, request, {"name": "a", "ids": "1"})


async def test_links_lead_to_itself_its_other_forms_and_its_pages() -> None:
    handling, response = await ask(Shelf(), "GET", {}, "limit=5&cursor=c1")
    assert [(link.rel, link.href) for link in handling.links] == [
        ("self", "/things/a/?limit=5&cursor=c1"),
        ("alternate", "/things/a/?limit=5&format=json"),
        ("alternate", "/things/a/?limit=5&format=html"),
        ("alternate", "/things/a/?limit=5&format=xhtml"),
        ("first", "/things/a/?limit=5"),
        ("next", "/things/a/?cursor=c2"),
    ]
    assert '</things/a/?cursor=c2>; rel="next"' in response.headers["link"]


async def test_the_url_may_name_the_form() -> None:
    for name in ("json", "html", "xhtml"):
        handling, response = await ask(Shelf(), "GET", PAGE, f"format={name}")
        assert handling.chosen.name == name
        assert response.headers["content-type"] == handling.chosen.media_type
    _, response = await ask(Shelf(), "GET", PAGE, "format=pdf")
    assert response.status == 406


async def test_a_page_for_somebody_has_the_forms_of_what_they_may_do_and_nobody_keeps_it() -> None:
    handling, response = await ask(Pages(), "GET", PAGE | ADA)
    page = response.body.decode()
    assert page.count('method="post"') == 3, "POST, PATCH, DELETE, but not what is for staff"
    assert handling.has_tokens
    assert response.headers["cache-control"] == "no-store"
    assert TOKEN_FIELD in page


async def test_a_page_for_anybody_may_be_kept_by_their_browser() -> None:
    handling, response = await ask(Pages(), "GET", PAGE)
    assert not handling.has_tokens
    assert response.headers["cache-control"] == "private, no-cache"
    assert response.headers["vary"] == "accept, authorization, cookie"
    assert "set-cookie" not in response.headers


async def test_the_state_of_a_page_is_that_of_its_json() -> None:
    _, as_json = await ask(Shelf(), "GET", {}, "format=json")
    _, as_page = await ask(Shelf(), "GET", {}, "format=html")
    state = as_json.headers["etag"].strip('"')
    assert as_page.headers["etag"].strip('"').startswith(state) is False, "its content says its format"
    _, thing = await ask(Pages(), "GET", {})
    _, thing_page = await ask(Pages(), "GET", PAGE)
    assert thing_page.headers["etag"].startswith(thing.headers["etag"].rstrip('"') + ".")


async def test_what_was_filled_in_wrongly_is_shown_again() -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    _, response = await ask(Pages(), "POST", PAGE | ADA | form, body=b"nome=b+%3C")
    page = response.body.decode()
    assert response.status == 422
    assert 'method="post"' in page
    assert "is missing" in page or "is not known" in page


async def test_a_problem_comes_in_the_form_that_is_liked_best() -> None:
    for accept, media_type in (
        ("", "application/problem+json"),
        ("application/json", "application/problem+json"),
        ("image/png", "application/problem+json"),
        ("text/html", "text/html; charset=utf-8"),
        ("application/xhtml+xml", "application/xhtml+xml; charset=utf-8"),
        ("application/problem+xml", "application/problem+xml"),
        ("application/atom+xml", "application/problem+xml"),
        ("application/atom+xml, text/html;q=0.9", "text/html; charset=utf-8"),
    ):
        _, response = await ask(Shelf(), "POST", {"accept": accept})
        assert (response.status, response.headers["content-type"]) == (405, media_type)


def test_a_session_is_what_a_browser_keeps() -> None:
    assert Session("x", 5) != Session(None)


def test_a_path_is_encoded_as_it_is_linked_to() -> None:
    assert path_of(HttpRequest("GET", "/v3/é<>\r\n\"'")) == "/v3/%C3%A9%3C%3E%0D%0A%22%27/"
    assert path_of(HttpRequest("GET", "/")) == "/"


def test_a_link_header() -> None:
    links = (Link("self", "/a/"), Link("alternate", "/a/?format=atom", "Feed", "application/atom+xml"))
    assert link_header(links) == (
        '</a/>; rel="self", </a/?format=atom>; rel="alternate"; type="application/atom+xml"'
    )


def test_whom_a_form_is_for() -> None:
    ada, boss = MEMBERS["ada's"], MEMBERS["boss's"]
    for who, expected in (
        (Who.ANYONE, (True, False, False)),
        (Who.MEMBER, (False, True, True)),
        (Who.STAFF, (False, False, True)),
    ):
        method = read(who, NO_QUERY, Shelf().show)
        assert tuple(is_for(method, visitor) for visitor in (None, ada, boss)) == expected
