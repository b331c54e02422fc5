"""Owns the tests that no other site can make a member's browser do anything, whatever there is to do.

Never tests what a command does.
Called by pytest.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from resources.toolkit.browsers import TOKEN_FIELD, Browsers
from tests.resources.security.story import COMMANDS, Browser, Story

FORM: Final = "application/x-www-form-urlencoded"
FORGED: Final = "FORGED_FORM"


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """One for all: whatever is refused changes nothing."""
    made = Story(tmp_path_factory.mktemp("var"))
    yield made
    made.world.close()


@pytest.fixture(scope="module")
def browser(story: Story) -> Browser:
    return story.browser("ada")


def token_of(story: Story, browser: Browser) -> str:
    return Browsers(story.world.settings.signing_secret(), secure=False).form_token(browser.token)


def test_no_command_is_carried_out_for_a_cookie_alone(story: Story, browser: Browser) -> None:
    before = story.world.substance()
    for route in story.routes():
        if route.method not in COMMANDS:
            continue
        method = route.method.upper()
        guessed = f"_method={method}&{TOKEN_FIELD}=guessed".encode()
        for result in (
            browser.send(method, route.path, {}),
            browser.send(method, route.path, {}, x_csrf_token="0" * 32),
            browser.send("POST", route.path, None, f"_method={method}".encode(), content_type=FORM),
            browser.send("POST", route.path, None, guessed, content_type=FORM),
        ):
            assert (result.status_code, result.json["error_type"]) == (403, FORGED), route
    assert story.world.substance() == before


def test_the_right_token_from_another_site_is_not_enough(story: Story, browser: Browser) -> None:
    token = token_of(story, browser)
    for route in story.routes():
        if route.method not in COMMANDS:
            continue
        for said in (
            {"sec_fetch_site": "cross-site"},
            {"sec_fetch_site": "same-site"},
            {"origin": "https://evil.example"},
            {"origin": "null"},
        ):
            result = browser.send(route.method.upper(), route.path, {}, x_csrf_token=token, **said)
            assert (result.status_code, result.json["error_type"]) == (403, FORGED), route


def test_another_members_token_is_not_enough(story: Story, browser: Browser) -> None:
    token = token_of(story, story.browser("ben"))
    result = browser.send("DELETE", "/v3/orders/", x_csrf_token=token)
    assert (result.status_code, result.json["error_type"]) == (403, FORGED)


def test_with_its_own_token_a_page_of_ours_gets_on(tmp_path: Path) -> None:
    story = Story(tmp_path)
    browser = story.browser("ada")
    result = browser.send("DELETE", "/v3/orders/", x_csrf_token=token_of(story, browser))
    assert result.status_code == 200
    story.world.close()


def test_nobody_is_signed_in_by_another_sites_form(story: Story) -> None:
    body = b"username=ada&password=a+long+password"
    result = story.world.anyone.send("POST", "/v3/sessions/", raw=body, headers={"Content-Type": FORM})
    assert (result.status_code, result.json["error_type"]) == (403, FORGED)
    assert "set-cookie" not in result.headers


def test_what_is_read_with_a_cookie_is_for_no_other_site(story: Story, browser: Browser) -> None:
    result = browser.send("GET", "/v3/accounts/", origin="https://evil.example")
    assert "access-control-allow-origin" not in result.headers
    assert result.headers["cache-control"] == "private, no-cache"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_reading_never_changes_anything(story: Story, browser: Browser, method: str) -> None:
    before = story.world.substance()
    for route in story.routes():
        browser.send(method, f"{route.path}?_method=DELETE")
    assert story.world.substance() == before
