"""Owns the tests of answers kept in memory: which, for whom, and for how long.

Never tests how the state is known.
Called by pytest.
"""

import asyncio
from typing import Final

import pytest

from resources.middleware.asgi import Receive, Scope, Send
from resources.middleware.kept_answers import ANSWERS_MAX, BODY_BYTES_MAX, KeptAnswers
from tests.resources.middleware.asking import Answer, answering, ask, lifespan, of_the_program

PUBLIC: Final = {
    "cache_control": "no-cache",
    "etag": '"1"',
    "content_type": "application/json",
    "vary": "accept",
}


class Documents:
    """A state that the test moves."""

    def __init__(self) -> None:
        self.now: int | None = 1

    def mark(self) -> int | None:
        return self.now


class Counted:
    """An application of one answer; counts who got through to it."""

    def __init__(self, body: bytes = b"{}", status: int = 200, **headers: str) -> None:
        self.asked: list[Scope] = []
        self._app = answering(body, status=status, **(headers or PUBLIC))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked.append(scope)
        await self._app(scope, receive, send)


class Scene:
    """Answers are kept between a client and an application."""

    def __init__(self, app: Counted | None = None) -> None:
        self.app = app or Counted()
        self.documents = Documents()
        self.kept = KeptAnswers(self.app, self.documents)

    async def get(self, path: str = "/a", **headers: str) -> Answer:
        return await ask(
            self.kept, path=path, headers={name.replace("_", "-"): text for name, text in headers.items()}
        )

    @property
    def times(self) -> int:
        return len(self.app.asked)


async def test_what_was_answered_is_answered_again_from_memory() -> None:
    scene = Scene()
    first, again = await scene.get(), await scene.get()
    assert (first, scene.times) == (again, 1)


async def test_when_the_state_changes_everything_is_made_anew() -> None:
    scene = Scene()
    await scene.get()
    scene.documents.now = 2
    await scene.get()
    scene.documents.now = None
    await scene.get()
    await scene.get()
    assert scene.times == 4


async def test_what_was_begun_before_a_change_is_kept_for_nobody() -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    class Slow(Counted):
        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            begun.set()
            await go_on.wait()
            await super().__call__(scope, receive, send)

    scene = Scene(Slow())
    slow = asyncio.create_task(scene.get("/slow"))
    await begun.wait()
    scene.documents.now = 2
    go_on.set()
    await scene.get("/other")
    await slow
    await scene.get("/slow")
    assert [asked["path"] for asked in scene.app.asked].count("/slow") == 2


@pytest.mark.parametrize(
    "headers",
    [
        {"authorization": "Session-Token x"},
        {"cookie": "credence_session=x"},
        {"x_credence_min_position": "a-0:1"},
        {"prefer": "wait=1"},
        {"range": "bytes=0-1"},
    ],
)
async def test_who_is_known_or_wants_more_is_asked_for_each_time(headers: dict[str, str]) -> None:
    scene = Scene()
    await scene.get()
    await scene.get(**headers)
    await scene.get(**headers)
    assert scene.times == 3


@pytest.mark.parametrize("method", ["POST", "HEAD", "DELETE", "OPTIONS"])
async def test_only_a_get_is_answered_from_memory(method: str) -> None:
    scene = Scene()
    await scene.get()
    await ask(scene.kept, method, "/a")
    assert scene.times == 2


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (200, {**PUBLIC, "cache_control": "no-store"}),
        (200, {**PUBLIC, "cache_control": "private, no-cache"}),
        (200, {**PUBLIC, "set_cookie": "a=b"}),
        (200, {"cache_control": "no-cache"}),
        (404, PUBLIC),
        (503, PUBLIC),
    ],
)
async def test_what_may_not_be_kept_is_not(status: int, headers: dict[str, str]) -> None:
    scene = Scene(Counted(b"{}", status, **headers))
    await scene.get()
    assert (await scene.get()).status == status
    assert scene.times == 2


async def test_a_long_answer_is_not_kept() -> None:
    scene = Scene(Counted(b"x" * (BODY_BYTES_MAX + 1)))
    await scene.get()
    assert len((await scene.get()).body) == BODY_BYTES_MAX + 1
    assert scene.times == 2


async def test_an_answer_in_parts_is_not_kept() -> None:
    app = answering(b"a", b"b", status=200, **PUBLIC)
    kept = KeptAnswers(app, Documents())
    assert (await ask(kept)).parts == (await ask(kept)).parts == [b"a", b"b"]


async def test_each_form_is_kept_by_itself() -> None:
    scene = Scene()
    for headers in ({}, {"accept": "text/html"}, {"accept_encoding": "gzip"}):
        await scene.get(**headers)
        await scene.get(**headers)
    await ask(scene.kept, path="/a", query_string=b"limit=1")
    await ask(scene.kept, path="/a", scheme="https")
    assert scene.times == 5


async def test_who_has_it_already_is_told_so() -> None:
    scene = Scene()
    for tag in ('"1"', 'W/"1", "2"', "*"):
        known = await scene.get(if_none_match=tag)
        assert (known.status, known.body) == (304, b"")
        assert known.headers == {"cache-control": "no-cache", "etag": '"1"', "vary": "accept"}
    other = await scene.get(if_none_match='"2"')
    assert (other.status, other.body, scene.times) == (200, b"{}", 1)
    assert not any(name == b"if-none-match" for name, _ in scene.app.asked[0]["headers"])


@pytest.mark.parametrize(
    "headers",
    [
        {**PUBLIC, "cache_control": "private, no-cache"},
        {**PUBLIC, "cache_control": "public, max-age=31536000, immutable"},
        {**PUBLIC, "set_cookie": "a=b"},
    ],
)
async def test_who_has_what_is_not_kept_is_told_so_too(headers: dict[str, str]) -> None:
    for body in (b"{}", b"x" * (BODY_BYTES_MAX + 1)):
        scene = Scene(Counted(body, 200, **headers))
        known = await scene.get(if_none_match='"1"')
        assert (known.status, known.body, known.headers["etag"]) == (304, b"", '"1"')
        assert "content-type" not in known.headers
        assert known.headers.get("set-cookie") == headers.get("set_cookie")
        other = await scene.get(if_none_match='"2"')
        assert (other.status, other.body) == (200, body)


async def test_who_has_what_comes_in_parts_is_told_so_too() -> None:
    kept = KeptAnswers(answering(b"a", b"b", status=200, **PUBLIC), Documents())
    known = await ask(kept, headers={"if-none-match": '"1"'})
    assert (known.status, known.parts) == (304, [b""])


async def test_without_a_tag_nobody_has_it_already() -> None:
    scene = Scene(Counted(b"{}", cache_control="private, no-cache"))
    assert (await scene.get(if_none_match="*")).status == 200


async def test_memory_has_a_bound() -> None:
    scene = Scene()
    for number in range(ANSWERS_MAX + 5):
        await scene.get(f"/{number}")
    await scene.get("/0")
    await scene.get(f"/{ANSWERS_MAX + 1}")
    assert scene.times == ANSWERS_MAX + 6


async def test_the_lifespan_goes_through() -> None:
    assert await lifespan(KeptAnswers(of_the_program, Documents())) == ["lifespan.startup.complete"]
