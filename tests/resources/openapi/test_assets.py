"""Owns the tests of the files for browsers: what is there, for how long, and that nothing else is.

Never reads what a package installed.
Called by pytest.
"""

from pathlib import Path
from typing import Final

import pytest

from resources.middleware.asgi import Event, Receive, Scope, Send
from resources.openapi.assets import Assets, AssetServer

SCRIPT: Final = b"let x = 1;"


@pytest.fixture
def assets(tmp_path: Path) -> Assets:
    (tmp_path / "page.js").write_bytes(SCRIPT)
    (tmp_path / "page.css").write_bytes(b"p { color: red }")
    (tmp_path / "secret.js").write_bytes(b"not listed")
    return Assets("/assets/", [tmp_path / name for name in ("page.js", "page.css", "absent.js")])


async def elsewhere(_scope: Scope, _receive: Receive, send: Send) -> None:
    """The application: knows nothing."""
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b"elsewhere"})


async def asked(assets: Assets, path: str, method: str = "GET") -> tuple[Event, bytes]:
    sent: list[Event] = []

    async def send(event: Event) -> None:
        sent.append(event)

    async def receive() -> Event:
        return {"type": "http.request", "body": b""}

    await AssetServer(elsewhere, assets)({"type": "http", "method": method, "path": path}, receive, send)
    start, body = sent
    return start, body["body"]


async def test_a_file_is_served_for_ever(assets: Assets) -> None:
    start, body = await asked(assets, assets.paths["page.js"])
    assert (start["status"], body) == (200, SCRIPT)
    assert dict(start["headers"]) == {
        b"content-type": b"text/javascript; charset=utf-8",
        b"content-length": b"10",
        b"cache-control": b"public, max-age=31536000, immutable",
    }


async def test_head_says_the_same_without_the_file(assets: Assets) -> None:
    start, body = await asked(assets, assets.paths["page.css"], "HEAD")
    assert (dict(start["headers"])[b"content-length"], body) == (b"16", b"")


def test_other_content_has_another_path(tmp_path: Path, assets: Assets) -> None:
    (tmp_path / "page.js").write_bytes(b"let x = 2;")
    changed = Assets("/assets/", [tmp_path / "page.js", tmp_path / "page.css"])
    assert changed.paths["page.css"] != assets.paths["page.css"]


def test_what_was_not_installed_is_left_out(assets: Assets) -> None:
    assert set(assets.paths) == {"page.js", "page.css"}


@pytest.mark.parametrize(
    "trick",
    [
        "{}secret.js",
        "{}../page.js",
        "{}./page.js",
        "{}%70age.js",
        "{}page.js/",
        "{}",
        "/assets/page.js",
        "/etc/passwd",
    ],
)
async def test_nothing_else_is_there(assets: Assets, trick: str) -> None:
    folder = assets.paths["page.js"].removesuffix("page.js")
    _, body = await asked(assets, trick.format(folder))
    assert body == b"elsewhere"


async def test_a_file_is_only_read(assets: Assets) -> None:
    assert (await asked(assets, assets.paths["page.js"], "POST"))[1] == b"elsewhere"


async def test_what_is_no_request_is_passed_on(assets: Assets) -> None:
    passed: list[Scope] = []

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        passed.append(scope)

    async def receive() -> Event:
        return {}

    async def send(_event: Event) -> None: ...

    await AssetServer(app, assets)({"type": "lifespan"}, receive, send)
    assert passed == [{"type": "lifespan"}]
