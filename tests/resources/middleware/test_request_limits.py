"""Owns the tests of a request's bounds: what is beyond them, told; half a body, never handed on as a whole.

Never opens a connection: the tests of resources/connections.py do.
Called by pytest.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import orjson
import pytest

from resources.middleware.asgi import BODY, START, Application, Event, Receive, Scope, Send
from resources.middleware.request_limits import Bounds, RequestLimits
from tests.resources.middleware.asking import (
    Answer,
    Heard,
    answering,
    ask,
    lifespan,
    of_the_program,
    part,
)

BOUNDS: Final = Bounds(
    url_bytes_max=20, header_count_max=4, header_bytes_max=65, body_bytes_max=10, body_within_s=0.05
)
CHUNKED: Final = {"transfer-encoding": "chunked"}
GONE: Final[Event] = {"type": "http.disconnect"}


def error_of(answer: Answer) -> tuple[int, object]:
    return answer.status, orjson.loads(answer.body)["error_type"]


@pytest.mark.parametrize(
    ("headers", "events", "body"),
    [
        ({}, [part(b"", more=False)], b""),
        ({"content-length": "0"}, [part(b"", more=False)], b""),
        ({"content-length": "10"}, [part(b"0123456789", more=False)], b"0123456789"),
        ({"content-length": "10"}, [part(b"01234"), part(b"56789", more=False)], b"0123456789"),
        ({"content-length": "10"}, [part(b"0123456789"), part(b"", more=False)], b"0123456789"),
        (CHUNKED, [part(b"01"), part(b""), part(b"2"), part(b"", more=False)], b"012"),
        (CHUNKED, [{"type": "http.request", "more_body": True}, {"type": "http.request"}], b""),
    ],
)
async def test_what_is_within_bounds_arrives(
    headers: Mapping[str, str], events: Sequence[Event], body: bytes
) -> None:
    heard = Heard()
    answer = await ask(RequestLimits(heard, BOUNDS), "POST", headers=headers, events=events)
    assert (answer.status, answer.headers) == (201, {})
    assert heard.bodies == [body]


@pytest.mark.parametrize(
    ("path", "query", "headers", "status", "error"),
    [
        ("/" + "x" * 20, b"", {}, 414, "URL_TOO_LONG"),
        ("/" + "x" * 10, b"y" * 10, {}, 414, "URL_TOO_LONG"),
        ("/", b"", {"a": "1", "b": "2", "c": "3", "d": "4"}, 431, "HEADERS_TOO_LARGE"),
        ("/", b"", {"a": "x" * 60}, 431, "HEADERS_TOO_LARGE"),
        ("/", b"", {"x" * 60: "a"}, 431, "HEADERS_TOO_LARGE"),
        ("/", b"", {"content-length": "11"}, 413, "BODY_TOO_LARGE"),
        ("/", b"", {"content-length": "9" * 30}, 413, "BODY_TOO_LARGE"),
    ],
)
async def test_what_a_request_says_of_itself_is_judged_before_anything_is_read(
    path: str, query: bytes, headers: Mapping[str, str], status: int, error: str
) -> None:
    heard = Heard()
    answer = await ask(RequestLimits(heard, BOUNDS), "POST", path, headers, query_string=query)
    assert error_of(answer) == (status, error)
    assert heard.scopes == []


@pytest.mark.parametrize(
    ("version", "hosts", "status"),
    [("1.1", 0, 400), ("1.1", 1, 201), ("1.1", 2, 400), ("1.0", 0, 201), ("2", 0, 201)],
)
async def test_a_request_is_for_one_host(version: str, hosts: int, status: int) -> None:
    headers = [(b"host", b"%d" % number) for number in range(hosts)]
    answer = await ask(RequestLimits(Heard(), BOUNDS), http_version=version, headers_as=headers)
    assert answer.status == status


async def test_without_a_raw_path_the_path_is_measured() -> None:
    answer = await ask(RequestLimits(Heard(), BOUNDS), path="/" + "x" * 20, raw_path=None)
    assert answer.status == 414


async def test_a_body_that_turns_out_too_large_is_413() -> None:
    heard = Heard()
    events = [part(b"01234"), part(b"56789"), part(b"!"), part(b"", more=False)]
    answer = await ask(RequestLimits(heard, BOUNDS), "POST", headers=CHUNKED, events=events)
    assert error_of(answer) == (413, "BODY_TOO_LARGE")
    assert answer.headers["connection"] == "close"
    assert heard.bodies == []


@pytest.mark.parametrize("events", [[part(b"0")], [part(b"")] * 3])
async def test_a_body_that_does_not_arrive_in_time_is_408(events: Sequence[Event]) -> None:
    heard = Heard()
    answer = await ask(RequestLimits(heard, BOUNDS), "POST", headers=CHUNKED, events=events)
    assert error_of(answer) == (408, "REQUEST_TOO_SLOW")
    assert answer.headers["connection"] == "close"
    assert heard.bodies == []


async def test_a_body_needs_no_announcement_from_http_2_on() -> None:
    app = RequestLimits(Heard(), BOUNDS)
    answer = await ask(app, "POST", events=[part(b"0" * 11, more=False)], http_version="2")
    assert error_of(answer) == (413, "BODY_TOO_LARGE")
    assert "connection" not in answer.headers, "HTTP/2 has no such header"


async def test_half_a_body_is_never_taken_for_a_whole_one() -> None:
    heard = Heard()
    with pytest.raises(ValueError, match="not enough"):  # nobody is there to be answered
        await ask(
            RequestLimits(heard, BOUNDS),
            "POST",
            headers={"content-length": "10"},
            events=[part(b"amount=1"), GONE],
        )
    assert heard.bodies == []


async def test_after_the_body_the_application_hears_when_the_client_goes() -> None:
    seen: list[str] = []

    async def waits(scope: Scope, receive: Receive, send: Send) -> None:
        seen.extend([(await receive())["type"], (await receive())["type"]])
        await answering()(scope, receive, send)

    await ask(RequestLimits(waits, BOUNDS), headers=CHUNKED, events=[part(b"0", more=False), GONE])
    assert seen == ["http.request", "http.disconnect"]


@pytest.mark.parametrize(
    ("events", "taken"),
    [
        ([part(b"0"), part(b"1"), part(b"2", more=False)], 3),
        ([part(b"0"), GONE], 2),
        ([part(b"0"), part(b"0" * 10), part(b"unheard")], 2),
        ([part(b"0")], 1),
    ],
)
async def test_who_is_answered_early_may_finish_and_then_the_connection_ends(
    events: list[Event], taken: int
) -> None:
    """The answer is out before the rest is taken; what says that it is complete comes after."""
    left = list(events)

    def watched(app: Application) -> Application:
        async def inner(scope: Scope, receive: Receive, send: Send) -> None:
            async def counted() -> Event:
                event = await receive()
                left.pop(0)
                return event

            await app(scope, counted, send)

        return inner

    app = watched(RequestLimits(answering(b"no", status=401), BOUNDS))
    answer = await ask(app, "POST", headers=CHUNKED, events=events)
    assert (answer.status, answer.headers, answer.parts) == (401, {"connection": "close"}, [b"no", b""])
    assert len(events) - len(left) == taken


async def test_a_body_is_whole_when_as_much_came_as_was_announced() -> None:
    """Some servers say so only later; who has read it all needn't wait for that."""

    async def reads_once(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await answering()(scope, receive, send)

    app = RequestLimits(reads_once, BOUNDS)
    for headers, whole in (({"content-length": "5"}, True), ({"content-length": "5", **CHUNKED}, False)):
        answer = await ask(app, "POST", headers=headers, events=[part(b"01234"), part(b"", more=False)])
        assert ("connection" not in answer.headers) is whole


async def test_an_answer_that_was_begun_is_broken_off() -> None:
    async def hasty(_scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": START, "status": 200, "headers": []})
        await send({"type": BODY, "body": b"half", "more_body": True})
        while True:
            await receive()

    with pytest.raises(AssertionError):
        await ask(RequestLimits(hasty, BOUNDS), headers=CHUNKED, events=[part(b"0")])


async def test_the_lifespan_is_left_alone() -> None:
    assert await lifespan(RequestLimits(of_the_program, BOUNDS)) == ["lifespan.startup.complete"]
