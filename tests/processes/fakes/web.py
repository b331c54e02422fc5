"""Owns a web that answers 200 to everything once the first start is done, and stops on SIGTERM.

Never reaches an actor.
Called by tests, as ``python -m tests.processes.fakes.web`` in place of the web.
"""

import http.server
import os
import signal
import threading
from http import HTTPStatus

from setproctitle import setproctitle

from actors.processes.settings import Settings


def main() -> None:
    settings = Settings.from_environment(os.environ)
    setproctitle(f"credence web {settings.var}")

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            done = settings.first_start_marker.exists()
            self.send_response(HTTPStatus.OK if done else HTTPStatus.SERVICE_UNAVAILABLE)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the library's name)
            """Says nothing."""

    server = http.server.ThreadingHTTPServer((settings.address, settings.port), Handler)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    server.serve_forever()
    (settings.var / "web.stopped").touch()


if __name__ == "__main__":
    main()
