"""Owns a web that answers 200 to everything once the first start is done, and stops on SIGTERM.

Never reaches an actor.
Called by tests, through standby, in place of the web.
"""

import http.server
import os
import signal
import threading
import time
from http import HTTPStatus

from setproctitle import setproctitle

from actors.processes.lifeline import SIGN_EVERY_S, Lifeline
from actors.processes.settings import Settings


def main(lifeline: Lifeline) -> int:
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

    server = http.server.ThreadingHTTPServer(
        (settings.address, settings.port), Handler, bind_and_activate=False
    )
    server.socket.close()
    (server.socket,) = lifeline.sockets
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    threading.Thread(target=give_signs, args=(lifeline,), daemon=True).start()
    server.serve_forever()
    (settings.var / "web.stopped").touch()
    return 0


def give_signs(lifeline: Lifeline) -> None:
    while True:
        lifeline.sign()
        time.sleep(SIGN_EVERY_S)
