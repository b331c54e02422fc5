"""Owns the tests of the access log: what a line says, and what none ever says.

Never writes to a journal.
Called by pytest.
"""

import pytest
from structlog.testing import capture_logs

from resources.middleware.access_log import PATH_CHARACTERS_MAX, AccessLog
from resources.middleware.asgi import Receive, Scope, Send
from tests.resources.middleware.asking import PEER, answering, ask, lifespan, of_the_program


async def test_one_request_is_one_event() -> None:
    with capture_logs() as lines:
        await ask(AccessLog(answering(b"12345", b"67", status=404)), "POST", "/some/where")
    (line,) = lines
    assert isinstance(line.pop("took_us"), int)
    assert line == {
        "event": "answered",
        "log_level": "info",
        "method": "POST",
        "path": "/some/where",
        "status": 404,
        "bytes": 7,
        "address": PEER,
    }


async def test_what_may_be_secret_is_not_said() -> None:
    headers = {"authorization": "canary", "cookie": "canary"}
    with capture_logs() as lines:
        await ask(AccessLog(answering(b"canary")), headers=headers, query_string=b"token=canary")
    assert "canary" not in str(lines)


@pytest.mark.parametrize(
    ("path", "said"),
    [("/feeds/canary/", "/feeds/..."), ("/feeds/", "/feeds/"), ("/feed/open/", "/feed/open/")],
)
async def test_a_path_is_said_up_to_where_it_is_secret(path: str, said: str) -> None:
    with capture_logs() as lines:
        await ask(AccessLog(answering(), ["/feeds/"]), path=path)
    assert lines[0]["path"] == said


async def test_of_a_long_path_the_beginning_is_said() -> None:
    with capture_logs() as lines:
        await ask(AccessLog(answering()), path="/" + "x" * 10_000)
    assert len(lines[0]["path"]) == PATH_CHARACTERS_MAX


async def test_who_fails_has_no_status() -> None:
    async def fails(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise KeyError

    with capture_logs() as lines, pytest.raises(KeyError):
        await ask(AccessLog(fails), client=None)
    assert (lines[0]["status"], lines[0]["bytes"], lines[0]["address"]) == (None, 0, None)


async def test_the_lifespan_is_left_alone() -> None:
    with capture_logs() as lines:
        assert await lifespan(AccessLog(of_the_program)) == ["lifespan.startup.complete"]
    assert lines == []
