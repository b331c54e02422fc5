"""Owns a server that a test plays: it gives the answers that it is told to, and keeps what it was asked.

Never decides anything.
Called by the tests of the client, and of commands that use it.
"""

import itertools
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Final

Answered = tuple[int, bytes]
Seen = list[tuple[str, str, str | None, bytes]]


@contextmanager
def server(*answers: Answered) -> Iterator[tuple[str, Seen]]:
    """A server that gives these answers in turn; yields its URL and what it saw."""
    waiting = list(answers)
    seen: Seen = []

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            seen.append((self.command, self.path, self.headers.get("Idempotency-Key"), body))
            status, content = waiting.pop(0)
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = answer  # noqa: N815 (http.server's names)

        def log_message(self, *arguments: object) -> None:
            """Says nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}", seen
        http.shutdown()
        thread.join()


KEY: Final = re.compile(rb"^idempotency-key: *(\S+)", re.IGNORECASE | re.MULTILINE)
DRIPS_EVERY_S: Final = 0.05
Broken = bytes | Iterator[bytes]
"""What a connection has for an answer: so much of one, or a part now and then."""


@contextmanager
def broken_server(*answers: Broken) -> Iterator[tuple[str, list[str]]]:
    """Each connection gets one of these in turn, and is cut then; yields the URL, and the keys it saw."""
    keys: list[str] = []
    over = threading.Event()

    def serve(listening: socket.socket) -> None:
        for answer in answers:
            connection, _ = listening.accept()
            with connection, suppress(OSError):
                keys.extend(key.decode() for key in KEY.findall(connection.recv(65_536)))
                for part in [answer] if isinstance(answer, bytes) else answer:
                    connection.sendall(part)
                    if not isinstance(answer, bytes):
                        over.wait(DRIPS_EVERY_S)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve, args=(listening,))
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", keys
        over.set()
        thread.join()


def without_end(first: bytes, part: bytes) -> Iterator[bytes]:
    """An answer that goes on and on; its connection ends when the other side has gone."""
    return itertools.chain([first], itertools.repeat(part))
