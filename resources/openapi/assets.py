"""Owns the files that pages need in a browser: a fixed list, read at start; content makes their paths.

Never looks for a file that somebody asks for: what is not in the list isn't there, however it is written.
Called by resources/app.py, around the application, and by the page that names the files.
"""

from collections.abc import Iterable, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Final, NamedTuple

from resources.middleware.asgi import BODY, HTTP, START, Application, Receive, Scope, Send

MEDIA_TYPES: Final = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}
# The path changes with the content: what was fetched once is right for ever.
CACHE_CONTROL: Final = b"public, max-age=31536000, immutable"


class File(NamedTuple):
    content: bytes
    media_type: str


class Assets:
    """Files by the path under which they are served; ``paths`` leads there from their names."""

    def __init__(self, prefix: str, files: Iterable[Path]) -> None:
        """``prefix`` ends with a slash. A file that doesn't exist is left out."""
        found = {path.name: path.read_bytes() for path in files if path.is_file()}
        digest = blake2b(b"".join(found[name] for name in sorted(found)), digest_size=8).hexdigest()
        self.paths: Mapping[str, str] = {name: f"{prefix}{digest}/{name}" for name in found}
        self.files: Mapping[str, File] = {
            path: File(found[name], MEDIA_TYPES[Path(name).suffix]) for name, path in self.paths.items()
        }


class AssetServer:
    """Answers GET and HEAD of the files; everything else is the application's."""

    def __init__(self, app: Application, *assets: Assets) -> None:
        self._app = app
        self._files = {path: file for each in assets for path, file in each.files.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        file = self._files.get(scope["path"]) if scope["type"] == HTTP else None
        if file is None or scope["method"] not in {"GET", "HEAD"}:
            await self._app(scope, receive, send)
            return
        headers = [
            (b"content-type", file.media_type.encode()),
            (b"content-length", b"%d" % len(file.content)),
            (b"cache-control", CACHE_CONTROL),
        ]
        await send({"type": START, "status": 200, "headers": headers})
        await send({"type": BODY, "body": file.content if scope["method"] == "GET" else b""})
