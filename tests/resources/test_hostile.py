"""Owns the tests of what only an attacker sends, to the real web over real connections: paths, heads, bodies.

Never waits for bounds of time: tests/resources/test_connections.py does.
Called by pytest.

Each is answered with a clear 4xx, or its connection is closed; afterwards the web answers as ever.
"""

import asyncio
from typing import Final

import orjson
import pytest

from actors.machines import limits
from tests.resources.serving import Answer, chunked, request, served
from tests.resources.world import World

HOST: Final = b"Host: x\r\n"
TE: Final = "Transfer-Encoding: chunked"
SMUGGLED: Final = b"GET /v3/smuggled HTTP/1.1\r\nHost: x\r\n\r\n"

# Nothing is resolved, merged or decoded twice: a path is what was sent, and what it might mean is not there.
PATHS: Final = {
    "/../../etc/passwd": 404,
    "/v3/../v3/": 404,
    "/v3/%2e%2e/v3/": 404,
    "/v3/%252e%252e/": 404,
    "/v3/events/..%2f": 404,
    "/v3/events%2f1/": 404,
    "//evil.example/v3/": 404,
    "/v3//events/": 404,
    "/v3/events/;x=1": 404,
    "/v3/events;x/": 404,
    "/V3/EVENTS/": 404,
    "/v3/%c0%ae%c0%ae/": 404,
    "/v3/members/%c0%ae/": 404,
    "/v3/events/%ff/": 404,
    "/v3/%00": 404,
    "/v3/members/%00/": 404,
    "/v3/members/ada%00/": 404,
    "/v3/members/a%0d%0aset-cookie:%20x=y/": 404,
    "/v3/events/1%20/": 404,
    "/v3/events/-1/": 404,
    "/v3/events/1e3/": 404,
    "/v3/markets/%F0%9F%98%80/quotes/": 404,
    "/v3/events/" + "1" * 500 + "/": 404,
    "/%": 404,
    "/%zz": 404,
    "*": 404,
    "http://evil.example": 400,
    "http://[::1": 400,
    "\\..\\..\\": 400,
    "/v3/events/\xe9/": 400,
    "/a b": 400,
    "/\0": 400,
    "/v3/events/?limit=%ff": 422,
    "/v3/events/?limit=" + "9" * 5_000: 422,
    "/v3/events/?" + "x" * limits.URL_CHARACTERS_MAX: 414,
    "/?" + "x" * limits.URL_BYTES_READ_MAX: 414,
}


@pytest.mark.parametrize(("path", "status"), PATHS.items(), ids=[path[:30] for path in PATHS])
async def test_tricks_with_paths_lead_nowhere(world: World, path: str, status: int) -> None:
    async with served(world.app) as web:
        answer = await web.ask(request("GET", path))
        assert answer.status == status
        assert answer.headers["content-type"] == "application/problem+json"
        assert "set-cookie" not in answer.headers
        assert orjson.loads(answer.body)["status"] == status
        assert (await web.ask(request("GET", "/v3/"))).status == 200


# What a proxy and we might read in two ways is read in none.
AMBIGUOUS: Final = {
    "NUL in a header": b"GET / HTTP/1.1\r\n" + HOST + b"A: a\0b\r\n\r\n",
    "CR in a header": b"GET / HTTP/1.1\r\n" + HOST + b"A: a\rB: b\r\n\r\n",
    "LF in a header": b"GET / HTTP/1.1\r\n" + HOST + b"A: a\nB: b\r\n\r\n",
    "LF alone": b"GET / HTTP/1.1\nHost: x\n\n",
    "a folded header": b"GET / HTTP/1.1\r\n" + HOST + b"A: a\r\n b\r\n\r\n",
    "no colon": b"GET / HTTP/1.1\r\n" + HOST + b"A\r\n\r\n",
    "a space in a name": b"GET / HTTP/1.1\r\n" + HOST + b"A B: c\r\n\r\n",
    "a space before the colon": b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding : chunked\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\n" + HOST + HOST + b"\r\n",
    "no version": b"GET /\r\n\r\n",
    "another version": b"GET / HTTP/2.0\r\n" + HOST + b"\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "an unknown method": request("FROB"),
    "a tunnel": request("CONNECT", "evil.example:80"),
    "a length with a sign": request("POST", "/", b"", "Content-Length: +5") + b"12345",
    "a negative length": request("POST", "/", b"", "Content-Length: -1"),
    "a list of lengths": request("POST", "/", b"", "Content-Length: 5, 5") + b"12345",
    "a length twice": request("POST", "/", b"12345", "Content-Length: 5"),
    "two lengths": request("POST", "/", b"12345", "Content-Length: 6") + b"6",
    "an endless length": request("POST", "/", b"", "Content-Length: " + "9" * 40),
    "length, then chunks": request("POST", "/", chunked(), TE) + SMUGGLED,
    "chunks, then length": request("POST", "/", b"", TE, "Content-Length: 50") + chunked() + SMUGGLED,
    "another coding": request("POST", "/", b"", "Transfer-Encoding: xchunked") + chunked() + SMUGGLED,
    "chunked not last": request("POST", "/", b"", "Transfer-Encoding: chunked, identity")
    + chunked()
    + SMUGGLED,
    "two codings": request("POST", "/", b"", TE, "Transfer-Encoding: identity") + chunked() + SMUGGLED,
    "identity": request("POST", "/", b"", "Transfer-Encoding: identity") + chunked() + SMUGGLED,
    "a hidden coding": request("POST", "/", b"", "Transfer-Encoding: \x0bchunked") + chunked() + SMUGGLED,
    "a chunk of 0x5": request("POST", "/", b"", TE) + b"0x5\r\n12345\r\n0\r\n\r\n" + SMUGGLED,
    "a chunk of -5": request("POST", "/", b"", TE) + b"-5\r\n12345\r\n0\r\n\r\n" + SMUGGLED,
    "a chunk of 5 and a space": request("POST", "/", b"", TE) + b"5 \r\n12345\r\n0\r\n\r\n" + SMUGGLED,
    "a chunk of too much": request("POST", "/", b"", TE) + b"f" * 17 + b"\r\n1",
    "a chunk longer than it says": request("POST", "/", b"", TE) + b"3\r\n12345\r\n0\r\n\r\n" + SMUGGLED,
    "chunks with LF": request("POST", "/", b"", TE) + b"5\n12345\n0\n\n" + SMUGGLED,
}


@pytest.mark.parametrize("sent", AMBIGUOUS.values(), ids=AMBIGUOUS)
async def test_what_can_be_read_in_two_ways_is_400_and_the_end(world: World, sent: bytes) -> None:
    async with served(world.app) as web:
        async with await web.connect() as client:
            await client.send(sent)
            answer = await client.answer()
            assert (answer.status, orjson.loads(answer.body)["error_type"]) == (400, "UNREADABLE")
            if answer.headers.get("connection") != "close":
                await client.send(request("GET", "/v3/"))
                answer = await client.answer()
                assert answer.status == 200, "it was read as one request, and the next is another"
            else:
                assert await client.is_closed(), "what follows is nobody's request"
        assert (await web.ask(request("GET", "/v3/"))).status == 200


# Heads that can be read, with values that no resource expects.
ODD: Final = {
    "a token": (request("GET", "/v3/accounts/", b"", "Authorization: Session-Token \xff\xfe"), {401}),
    "a scheme": (request("GET", "/v3/accounts/", b"", "Authorization: \0".replace("\0", "\xff")), {401}),
    "a cookie": (request("GET", "/v3/accounts/", b"", "Cookie: credence_session=\xff; =;;a"), {401}),
    "what is accepted": (request("GET", "/v3/", b"", "Accept: \xff/\xfe"), {406}),
    "encodings": (request("GET", "/v3/", b"", "Accept-Encoding: \xff;q=9, gzip;q=\xfe"), {200}),
    "an ETag": (request("GET", "/v3/events/", b"", 'If-None-Match: "\xff, W/,,"-gzip"'), {200}),
    "a condition": (request("PUT", "/v3/exchange/state/", b"{}", "If-Match: \xff"), {401}),
    "an id": (request("GET", "/v3/", b"", "X-Request-Id: \xff"), {200}),
    "a preference": (request("GET", "/v3/events/", b"", "Prefer: wait=" + "9" * 5_000), {200, 400, 422}),
    "a range": (request("GET", "/v3/events/", b"", "Range: bytes=0-" + "9" * 5_000), {200}),
    "an origin": (request("POST", "/v3/sessions/", b"a=%", "Origin: http://[x"), {403, 415}),
    "a type": (request("POST", "/v3/sessions/", b"{}", "Content-Type: \xff/\xfe; charset=\xff"), {415}),
    "an expectation": (request("GET", "/v3/", b"", "Expect: the unexpected"), {200}),
    "a trace": (request("TRACE", "/"), {405}),
    "text that is none": (
        request("POST", "/v3/sessions/", b'"\xff\xfe"', "Content-Type: application/json"),
        {400},
    ),
    "many headers": (request("GET", "/", b"", *["A: b"] * limits.HEADERS_MAX), {431}),
    "a long header": (request("GET", "/", b"", "A: " + "b" * limits.HEADERS_BYTES_MAX), {431}),
}


@pytest.mark.parametrize(("sent", "statuses"), ODD.values(), ids=ODD)
async def test_values_that_nobody_expects_are_judged_as_any(
    world: World, sent: bytes, statuses: set[int]
) -> None:
    async with served(world.app) as web:
        answer = await web.ask(sent)
        assert answer.status in statuses
        assert "\xff" not in str(answer.headers), "nothing odd is echoed"
        assert (await web.ask(request("GET", "/v3/"))).status == 200


async def test_bodies_over_the_limit_are_413_and_do_nothing(world: World) -> None:
    too_much = b" " * (limits.BODY_BYTES_MAX + 1)
    member = await asyncio.to_thread(world.member, "ada")
    lines = (f"Authorization: Session-Token {member.token}", "Content-Type: application/json")
    announced = request("POST", "/v3/orders/", too_much, *lines)
    in_chunks = request("POST", "/v3/orders/", b"", TE, *lines) + chunked(*[too_much[:65_536]] * 17)
    before = world.substance()
    async with served(world.app) as web:
        for sent in (announced, in_chunks):
            assert (await web.ask(sent)).status == 413
        far_too_much = request("POST", "/v3/orders/", b"", "Content-Length: 9999999999", *lines)
        answer = await web.ask(far_too_much)
        assert answer.status == 413
        assert (await web.ask(request("GET", "/v3/"))).status == 200
    assert world.substance() == before


async def test_a_request_that_is_cut_off_does_nothing(world: World) -> None:
    """Were half of a form taken for the whole, an order would be for 1 that was meant to be for 100000."""
    member, market = await asyncio.to_thread(world.member, "ada"), await asyncio.to_thread(world.market)
    fields = {"market_id": market["id"], "contract_id": market["contracts"][0]["id"], "side": "buy"}
    form = "&".join(
        f"{name}={value}" for name, value in {**fields, "price": 5000, "quantity": 10_000}.items()
    )
    lines = (
        f"Authorization: Session-Token {member.token}",
        "Content-Type: application/x-www-form-urlencoded",
    )
    sent = request("POST", "/v3/orders/", form.encode(), *lines)
    before = world.substance()
    async with served(world.app) as web:
        for cut in (1, 2, 4):
            async with await web.connect() as client:
                await client.send(sent[:-cut])
        assert (await web.ask(request("GET", "/v3/"))).status == 200
    assert world.substance() == before


async def test_many_requests_on_one_connection_are_answered_in_their_order(world: World) -> None:
    paths = [f"/v3/nothing-{number}" for number in range(limits.PIPELINED_MAX)]
    async with served(world.app) as web, await web.connect() as client:
        await client.send(b"".join(request("GET", path, b"", f"X-Request-Id: {path[4:]}") for path in paths))
        answers: list[Answer] = [await client.answer() for _ in paths]
    assert [answer.headers["x-request-id"] for answer in answers] == [path[4:] for path in paths]
    assert {answer.status for answer in answers} == {404}
