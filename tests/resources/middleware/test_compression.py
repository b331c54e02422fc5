"""Owns the tests of gzip: who gets it, of what, and that every ETag fits the form it came with.

Never measures how small an answer becomes.
Called by pytest.
"""

import gzip
from typing import Final

import pytest

from resources.middleware.asgi import Receive, Scope, Send
from resources.middleware.compression import ASIDE_FROM_BYTES, Compression, accepts_gzip
from tests.resources.middleware.asking import Answer, Heard, answering, ask, lifespan, of_the_program

LONG: Final = b'{"a": "compressible"}' * 100
JSON: Final = "application/json"
GZIP: Final = {"accept-encoding": "gzip"}


async def got(body: bytes = LONG, accept: str = "gzip", method: str = "GET", **headers: str) -> Answer:
    """The answer with these headers, asked for as told."""
    given = {"content_type": JSON, "content_length": str(len(body)), **headers}
    return await ask(
        Compression(answering(body, status=200, **given)), method, headers={"accept-encoding": accept}
    )


@pytest.mark.parametrize(
    ("accept", "taken"),
    [
        ("gzip", True),
        ("GZIP", True),
        ("x-gzip", True),
        ("*", True),
        ("deflate, gzip;q=0.5, br", True),
        ("gzip; q=0.001", True),
        ("gzip;q=1.0,identity;q=0.5", True),
        ("br, *;q=0.1", True),
        ("", False),
        ("identity", False),
        ("deflate", False),
        ("gzip;q=0", False),
        ("gzip;q=0.000, *", False),
        ("*;q=0", False),
        ("gzip;q=0.5, identity", False),
        ("gzip;q=2", False),
        ("gzip;q=", False),
        ("gzipped", False),
        ("gzip;level=9", False),
    ],
)
async def test_who_takes_it_gets_it(accept: str, taken: bool) -> None:
    assert accepts_gzip(accept.encode()) is taken
    answer = await got(accept=accept)
    assert answer.headers["vary"] == "Accept-Encoding"
    if taken:
        assert answer.headers["content-encoding"] == "gzip"
        assert answer.headers["content-length"] == str(len(answer.body))
        assert gzip.decompress(answer.body) == LONG
    else:
        assert "content-encoding" not in answer.headers
        assert answer.body == LONG


async def test_without_the_header_nothing_is_compressed() -> None:
    answer = await ask(Compression(answering(LONG, content_type=JSON)))
    assert (answer.body, answer.headers["vary"]) == (LONG, "Accept-Encoding")


@pytest.mark.parametrize(
    ("headers", "compressed"),
    [
        ({"content_type": "text/html; charset=utf-8"}, True),
        ({"content_type": "text/csv"}, True),
        ({"content_type": "application/atom+xml"}, True),
        ({"content_type": "image/svg+xml"}, True),
        ({"content_type": "application/problem+json"}, True),
        ({"cache_control": "private, max-age=0"}, True),
        ({"content_type": "image/png"}, False),
        ({"content_type": "application/octet-stream"}, False),
        ({"content_type": ""}, False),
        ({"cache_control": "no-store"}, False),
        ({"cache_control": "private, no-store"}, False),
        ({"cache_control": "no-transform"}, False),
        ({"content_encoding": "br"}, False),
        ({"content_range": "bytes 0-99/1000"}, False),
    ],
)
async def test_what_is_compressed(headers: dict[str, str], compressed: bool) -> None:
    answer = await got(LONG, "gzip", "GET", **headers)
    assert (answer.headers.get("content-encoding") == "gzip") is compressed
    assert ("vary" in answer.headers) is compressed


async def test_what_is_short_stays_as_it_is() -> None:
    for size, compressed in ((999, False), (1_000, True)):
        answer = await got(b"x" * size, etag='"abc"')
        assert ("content-encoding" in answer.headers) is compressed
        assert answer.headers["etag"] == ('"abc-gzip"' if compressed else '"abc"')


async def test_a_body_in_pieces_is_passed_on() -> None:
    answer = await ask(Compression(answering(LONG, LONG, content_type=JSON)), headers=GZIP)
    assert (answer.parts, "content-encoding" in answer.headers) == ([LONG, LONG], False)


async def test_a_large_body_is_compressed_elsewhere_to_the_same_bytes() -> None:
    large = LONG * (ASIDE_FROM_BYTES // len(LONG) + 1)
    once, again = await got(large), await got(large)
    assert gzip.decompress(once.body) == large
    assert once.body == again.body, "a strong ETag names bytes"


@pytest.mark.parametrize(
    ("vary", "then"),
    [
        ("Accept", "Accept, Accept-Encoding"),
        ("accept-encoding, accept", "accept-encoding, accept"),
        ("*", "*"),
    ],
)
async def test_it_comes_to_what_the_answer_varies_with(vary: str, then: str) -> None:
    assert (await got(vary=vary)).headers["vary"] == then


async def test_both_forms_have_etags_of_their_own() -> None:
    assert (await got(etag='"abc"')).headers["etag"] == '"abc-gzip"'
    assert (await got(etag='"abc"', accept="identity")).headers["etag"] == '"abc"'
    assert (await got(etag='W/"abc"')).headers["etag"] == 'W/"abc"', "a weak one fits both"


async def test_head_has_the_headers_of_get() -> None:
    def shown(answer: Answer) -> dict[str, str]:
        return {name: value for name, value in answer.headers.items() if name != "content-length"}

    app = Compression(answering(content_type=JSON, content_length=str(len(LONG)), etag='"abc"'))
    headed = await ask(app, "HEAD", headers=GZIP)
    assert headed.body == b""
    assert "content-length" not in headed.headers, "how long it would be is not known"
    assert shown(headed) == shown(await got(etag='"abc"'))
    assert shown(await ask(app, "HEAD")) == shown(await got(etag='"abc"', accept="identity"))


@pytest.mark.parametrize(
    ("name", "accept", "sent", "heard"),
    [
        ("if-none-match", "gzip", '"abc-gzip"', '"abc"'),
        ("if-none-match", "gzip", 'W/"abc-gzip", "x-gzip", "y"', 'W/"abc", "x", "y"'),
        ("if-none-match", "gzip", "*", "*"),
        ("if-none-match", "gzip", '"abc"', '"abc"'),
        # Who has the gzipped form, and now wants the plain one, hasn't got that.
        ("if-none-match", "identity", '"abc-gzip"', '"abc-gzip"'),
        ("if-match", "gzip", '"abc-gzip"', '"abc"'),
        ("if-match", "identity", '"abc-gzip"', '"abc"'),
    ],
)
async def test_the_application_knows_one_etag(name: str, accept: str, sent: str, heard: str) -> None:
    inner = Heard()
    await ask(Compression(inner), headers={name: sent, "accept-encoding": accept})
    assert dict(inner.scopes[0]["headers"])[name.encode()] == heard.encode()


@pytest.mark.parametrize(
    ("accept", "seen", "told"),
    [
        ("gzip", '"abc-gzip"', '"abc-gzip"'),
        ("gzip", '"other", W/"abc-gzip"', '"abc-gzip"'),
        ("gzip", '"abc"', '"abc"'),
        ("gzip", "*", '"abc"'),
        ("identity", '"abc"', '"abc"'),
    ],
)
async def test_not_modified_names_the_form_that_the_client_has(accept: str, seen: str, told: str) -> None:
    app = Compression(answering(status=304, etag='"abc"', vary="Accept"))
    answer = await ask(app, headers={"accept-encoding": accept, "if-none-match": seen})
    assert answer.headers == {"etag": told, "vary": "Accept, Accept-Encoding"}


async def test_not_modified_without_an_etag() -> None:
    answer = await ask(Compression(answering(status=304)), headers={"if-none-match": '"x-gzip"', **GZIP})
    assert answer.headers == {"vary": "Accept-Encoding"}


async def test_a_cache_that_asks_again_with_what_it_was_told_hears_not_modified() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen = dict(scope["headers"]).get(b"if-none-match")
        status, body = (304, b"") if seen == b'"abc"' else (200, LONG)
        await answering(body, status=status, content_type=JSON, etag='"abc"')(scope, receive, send)

    for accept in ("gzip", "identity"):
        first = await ask(Compression(app), headers={"accept-encoding": accept})
        headers = {"accept-encoding": accept, "if-none-match": first.headers["etag"]}
        again = await ask(Compression(app), headers=headers)
        assert (first.status, again.status, again.headers["etag"]) == (200, 304, first.headers["etag"])


async def test_the_lifespan_is_left_alone() -> None:
    assert await lifespan(Compression(of_the_program)) == ["lifespan.startup.complete"]
