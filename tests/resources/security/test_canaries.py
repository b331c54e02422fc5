"""Owns the tests that nobody sees what is another's, in no form, on no path, in no error and no log.

Never tests what somebody does see of their own.
Called by pytest.
"""

import logging
from collections.abc import Iterator
from typing import Final

import pytest
from structlog.testing import capture_logs

from rabbit.log import Position
from resources.toolkit.browsers import Browsers
from tests.resources.security.story import METHODS, Route, Story
from tests.resources.world import PASSWORD, STAFF_PASSWORD, Visitor

RECORDS_MAX: Final = 10_000
FORMATS: Final = ("json", "html", "xhtml", "atom", "csv", "svg")
ADAS: Final = (
    "cleo follows you.",
    "canary-message-ada",
    "canary-link-of-ada",
    "canary-reference-ada",
    "1111.11",
    "canary-password-ada",
    "canary-key-ada",
    "canary-hidden-ada",
)
BENS: Final = ("canary-reference-ben", "2222.22", "canary-report-ben")
GONE: Final = ("canary-edited-ada", "canary-deleted-ada")
"""What a comment said before it was edited or deleted: nobody's."""
SECRETS: Final = (PASSWORD, STAFF_PASSWORD, "$argon2", "a secret of the tests only")


@pytest.fixture(scope="module", params=[False, True], ids=["anew", "from memory"])
def story(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """As tests have it, and as it is served: with answers kept for all who ask the same."""
    made = Story(tmp_path_factory.mktemp("var"), keep_answers=request.param)
    yield made
    made.world.close()


def seen(visitor: Visitor, story: Story) -> Iterator[tuple[Route, str]]:
    """Everything that somebody gets to see: bodies and headers, in every form."""
    for route in story.routes():
        if route.method != "get":
            continue
        for name in FORMATS:
            asked = "&q=canary" if route.path == "/v3/search/" else ""
            result = visitor.get(f"{route.path}?format={name}&limit=1000&with_volumes=true{asked}")
            assert result.status_code < 500, route
            yield route, f"{result.headers}{result.text}"


def test_the_owner_sees_the_canaries(story: Story) -> None:
    """Otherwise the others' seeing none would say nothing."""
    everything = "".join(text for _, text in seen(story.ada, story))
    assert "canary-hidden-ada" in everything
    assert "canary-reference-ada" in everything
    assert "1111.11" in everything
    assert "canary-message-ada" in everything
    assert "cleo follows you." in everything
    assert str(story.open_challenge["link"]).partition("=")[2] in everything
    assert "canary-reference-ben" not in everything
    assert "2222.22" not in everything


@pytest.mark.parametrize(("who", "hidden"), [("anyone", ADAS + BENS), ("ben", ADAS), ("ada", BENS)])
def test_nobody_sees_what_is_another_s(story: Story, who: str, hidden: tuple[str, ...]) -> None:
    visitor = {"anyone": story.world.anyone, "ben": story.ben, "ada": story.ada}[who]
    for route, text in seen(visitor, story):
        for canary in hidden + SECRETS + GONE:
            assert canary not in text, (route, canary)
        if visitor is not story.ada:
            assert str(story.open_challenge["link"]).partition("=")[2] not in text, route


def test_staff_sees_what_is_hidden_and_reported_and_nothing_that_is_gone(story: Story) -> None:
    everything = "".join(text for _, text in seen(story.world.staff, story))
    everything += story.world.staff.get("/v3/staff/reports/?states=open").text
    assert "canary-hidden-ada" in everything
    assert "canary-report-ben" in everything
    for canary in GONE:
        assert canary not in everything


def test_nobody_sees_another_s_order_or_that_there_is_one(story: Story) -> None:
    theirs, nobodys = f"/v3/orders/{story.order['order_id']}/", "/v3/orders/987654321/"
    for method in ("GET", "DELETE"):
        first, second = story.ben.send(method, theirs), story.ben.send(method, nobodys)
        assert (first.status_code, first.json) == (second.status_code, second.json)
        assert first.status_code == 404


def test_nobody_sees_the_address_of_another_s_private_feed(story: Story) -> None:
    secret = story.values["secret"]
    places = {route.path for route, text in seen(story.ada, story) if secret in text}
    assert places == {"/v3/feeds/", story.feed}
    for visitor in (story.world.anyone, story.ben):
        assert {route.path for route, text in seen(visitor, story) if secret in text} == {story.feed}


def test_errors_and_logs_tell_no_secret(story: Story, caplog: pytest.LogCaptureFixture) -> None:
    canary = "canary-password-ada"
    token = story.ada.token
    assert token is not None
    bodies = (
        {"username": "ada", "password": canary},
        {"username": canary, "password": canary},
        {"username": "ada", "password": [canary]},
        {canary: canary},
    )
    with capture_logs() as lines, caplog.at_level(logging.DEBUG):
        for route in story.routes():
            for method in METHODS:
                for body in bodies:
                    result = story.ada.send(
                        method.upper(), f"{route.path}?cursor=x", body, {"Idempotency-Key": "canary-key-ada"}
                    )
                    assert result.status_code < 500, (method, route)
                    assert token not in f"{result.headers}{result.text}"
                    assert PASSWORD not in result.text
    logged = f"{lines}{caplog.text}"
    for secret in (canary, "canary-key-ada", token, PASSWORD):
        assert secret not in logged


def test_the_log_of_events_and_the_documents_hold_no_password(story: Story) -> None:
    log = story.world.log
    for stream in log.streams():
        reader = log.reader(stream)
        records = reader.read(Position(), RECORDS_MAX)
        assert 0 < len(records) < RECORDS_MAX or stream != "accounts-0"
        for record in records:
            assert PASSWORD.encode() not in record.body
    everything = str(story.world.documents.get_many(story.world.documents.identities(start="", end="~")))
    assert PASSWORD not in everything
    assert "$argon2" not in everything


def test_a_form_s_token_does_not_tell_the_session(story: Story) -> None:
    browser = story.browser("ada")
    token = Browsers(story.world.settings.signing_secret(), secure=False).form_token(browser.token)
    page = browser.send("GET", "/v3/orders/", accept="text/html").text
    assert token in page
    assert browser.token not in page
