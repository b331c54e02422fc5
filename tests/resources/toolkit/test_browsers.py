"""Owns the tests of what browsers keep and send: cookies, and tokens that no other site can know.

Never tests who a session is of.
Called by pytest.
"""

import pytest

from resources.toolkit.browsers import Browsers, comes_from_here

CLEAR = Browsers(b"a secret", secure=False)
SECURE = Browsers(b"a secret", secure=True)
HERE = {"host": "exchange.example"}


def as_sent(set_cookie: str) -> dict[str, str]:
    """The headers of a browser that got this cookie."""
    return {**HERE, "cookie": set_cookie.partition(";")[0]}


@pytest.mark.parametrize("browsers", [CLEAR, SECURE])
def test_a_session_is_kept_and_found_again(browsers: Browsers) -> None:
    headers = as_sent(browsers.session_cookie("a.token-x_y", 60))
    assert browsers.session(headers) == "a.token-x_y"
    assert browsers.visit(headers) is None


def test_a_session_that_ends_is_forgotten() -> None:
    cookie = CLEAR.session_cookie(None, 60)
    assert "Max-Age=0" in cookie
    assert CLEAR.session(as_sent(cookie)) is None


def test_a_cookie_is_for_this_host_alone_and_no_script_reads_it() -> None:
    assert CLEAR.session_cookie("x", 60).endswith("; Max-Age=60; Path=/; HttpOnly; SameSite=Lax")
    secure = SECURE.session_cookie("x", 60)
    assert secure.startswith("__Host-")
    assert secure.endswith("; Path=/; HttpOnly; SameSite=Lax; Secure")
    assert "Domain" not in secure
    # What was set in the clear is none of a secure session's.
    assert SECURE.session(as_sent(CLEAR.session_cookie("x", 60))) is None


@pytest.mark.parametrize(
    "header",
    ["", ";", "=", "credence_session", "credence_session=", "xcredence_session=a", "a=b; c=d", '"', "=;=;"],
)
def test_other_cookies_are_no_session(header: str) -> None:
    assert CLEAR.session({"cookie": header}) is None


def test_among_other_cookies_ours_is_found() -> None:
    assert CLEAR.session({"cookie": "a=1;credence_session=it ; b=2"}) == "it"


def test_a_form_of_this_session_is_ours() -> None:
    headers = as_sent(CLEAR.session_cookie("the session", 60))
    assert CLEAR.is_ours(headers, CLEAR.form_token("the session"))
    assert not CLEAR.is_ours(headers, CLEAR.form_token("another session"))
    assert not CLEAR.is_ours(headers, "")
    assert not CLEAR.is_ours(headers, "\u20ac")


def test_who_is_not_signed_in_has_a_visit() -> None:
    visit = CLEAR.new_visit()
    assert visit != CLEAR.new_visit()
    headers = as_sent(CLEAR.visit_cookie(visit))
    assert CLEAR.is_ours(headers, CLEAR.form_token(visit))
    assert not CLEAR.is_ours(HERE, CLEAR.form_token(visit)), "without the cookie the token says nothing"


def test_another_secret_makes_other_tokens() -> None:
    assert CLEAR.form_token("x") != Browsers(b"another", secure=False).form_token("x")


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "none"},
        {"origin": "http://exchange.example"},
        {"origin": "https://evil.example", "sec-fetch-site": "same-origin"},
    ],
)
def test_from_here(said: dict[str, str]) -> None:
    assert comes_from_here({**HERE, **said})


@pytest.mark.parametrize(
    "said",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": ""},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://exchange.example:8001"},
        {"origin": "http://exchange.example", "sec-fetch-site": "cross-site"},
    ],
)
def test_from_elsewhere(said: dict[str, str]) -> None:
    assert not comes_from_here({**HERE, **said})
    headers = {**as_sent(CLEAR.session_cookie("s", 60)), **said}
    assert not CLEAR.is_ours(headers, CLEAR.form_token("s")), "not even with the right token"
