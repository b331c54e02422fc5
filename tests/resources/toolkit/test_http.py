"""Owns the tests of the two values of the web: a request and a response.

Never tests a host.
Called by pytest.
"""

import pytest

from resources.toolkit.http import NO_HEADERS, HttpRequest, HttpResponse


def test_a_request_without_anything_has_no_headers_and_an_empty_body() -> None:
    request = HttpRequest("GET", "/v3")
    assert (request.query_string, request.headers, request.body) == ("", {}, b"")


def test_the_headers_that_all_requests_share_can_not_be_written() -> None:
    with pytest.raises(TypeError):
        NO_HEADERS["accept"] = "text/html"  # type: ignore[index]


def test_a_request_does_not_change() -> None:
    with pytest.raises(AttributeError):
        HttpRequest("GET", "/v3").method = "POST"  # type: ignore[misc]


def test_a_response_without_a_body_is_empty() -> None:
    assert HttpResponse(204, {}).body == b""
