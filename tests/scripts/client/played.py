"""Owns a server that a test plays: it gives the answers that it is told to, and keeps what it was asked.

Never decides anything.
Called by the tests of the client, and of commands that use it.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

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
