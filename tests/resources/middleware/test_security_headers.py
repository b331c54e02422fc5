"""Owns the tests of the headers that bind browsers: which media types get which, and who may differ.

Never runs a browser.
Called by pytest.
"""

import pytest

from resources.middleware.security_headers import SecurityHeaders
from tests.resources.middleware.asking import answering, ask, lifespan, of_the_program


@pytest.mark.parametrize(
    "media_type", ["text/html", "text/html; charset=utf-8", "application/xhtml+xml", "Application/XHTML+XML "]
)
async def test_a_page_runs_nothing_and_is_framed_by_nobody(media_type: str) -> None:
    headers = (await ask(SecurityHeaders(answering(content_type=media_type)))).headers
    policy = {rule.split()[0]: rule.split()[1:] for rule in headers["content-security-policy"].split("; ")}
    assert policy["default-src"] == ["'self'"]
    assert policy["frame-ancestors"] == policy["object-src"] == policy["base-uri"] == ["'none'"]
    assert policy["form-action"] == ["'self'"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"


async def test_a_picture_that_is_opened_by_itself_runs_nothing() -> None:
    headers = (await ask(SecurityHeaders(answering(content_type="image/svg+xml")))).headers
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert "sandbox" in headers["content-security-policy"]


@pytest.mark.parametrize("media_type", ["application/json", "application/problem+json", "text/csv", ""])
async def test_everything_else_is_what_it_says_it_is(media_type: str) -> None:
    headers = (await ask(SecurityHeaders(answering(content_type=media_type)))).headers
    assert headers == {"content-type": media_type, "x-content-type-options": "nosniff"}


async def test_only_over_tls_a_browser_is_told_to_come_over_tls() -> None:
    app = SecurityHeaders(answering(content_type="application/json"))
    assert "strict-transport-security" not in (await ask(app)).headers
    assert (await ask(app, scheme="https")).headers["strict-transport-security"] == "max-age=31536000"


async def test_what_the_application_says_stays() -> None:
    app = SecurityHeaders(answering(content_type="text/html", content_security_policy="default-src 'none'"))
    headers = (await ask(app)).headers
    assert headers["content-security-policy"] == "default-src 'none'"
    assert headers["referrer-policy"] == "same-origin"


async def test_the_lifespan_is_left_alone() -> None:
    assert await lifespan(SecurityHeaders(of_the_program)) == ["lifespan.startup.complete"]
