"""Owns the stand-in for a CouchDB: the embedded server behind a real socket, which misbehaves on order.

Never misbehaves by itself.
Called by the contract suite and the tests of outages; as a process of its own by
``python -m tests.couch_views.stand_in PORT FOLDER``, so that it can be killed and stopped.

``POST /_fault`` with ``{"fault": ..., "path": "_bulk_docs", "times": 1}`` gives the order: requests whose
path ends so (all, without), so often (always, without), meet that fault.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from enum import StrEnum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

import msgspec

from couch_views.embedded.server import EmbeddedServer
from couch_views.remote import RemoteServer
from tests.processes.programs import pause

USER: Final = "credence"
PASSWORD: Final = "p@ss/word"
LOGIN: Final = f"{USER}:p%40ss%2Fword"
AUTHORIZATION: Final = f"Basic {b64encode(f'{USER}:{PASSWORD}'.encode()).decode()}"
UNAUTHORIZED: Final = b'{"error":"unauthorized","reason":"Name or password is incorrect."}'
FAILED: Final = b'{"error":"internal_server_error","reason":"on order"}'
STARTS_WITHIN_S: Final = 20.0


class Fault(StrEnum):
    """What can be ordered."""

    NONE = auto()
    ERROR = auto()
    """500, and nothing is carried out."""
    PROXY = auto()
    """502 with a page, as of something that stands in between."""
    CUT_BEFORE = auto()
    """The connection ends; nothing is carried out."""
    CUT_AFTER = auto()
    """It is carried out, and the connection ends without an answer."""
    HALF = auto()
    """It is carried out, and the connection ends in the middle of the answer."""
    HALF_CHUNKED = auto()
    """The same for an answer in chunks, as CouchDB sends rows: the last chunk is missing."""
    BROKEN = auto()
    """It is carried out, and the answer ends in the middle of its JSON, although as HTTP it is whole."""


class Order(msgspec.Struct):
    fault: Fault
    path: str = ""
    times: int | None = None


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: "StandIn"

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", "0")))
        path, _, query = self.path.partition("?")
        if path == "/_fault":
            self.server.order = msgspec.json.decode(body, type=Order)
            self.send(200, b"{}")
        elif self.headers.get("authorization") != AUTHORIZATION:
            self.send(401, UNAUTHORIZED)
        else:
            self.meet(self.server.fault_of(path), path, query, body)

    def meet(self, fault: Fault, path: str, query: str, body: bytes) -> None:
        if fault is Fault.CUT_BEFORE:
            self.close_connection = True
        elif fault is Fault.ERROR:
            self.send(500, FAILED)
        elif fault is Fault.PROXY:
            self.send(502, b"<html>Bad gateway</html>", {"content-type": "text/html"})
        else:
            headers = {name.lower(): value for name, value in self.headers.items()}
            answered = self.server.documents.handle(self.command, path, query, headers, body)
            self.send_badly(fault, *answered)

    def send_badly(self, fault: Fault, status: int, headers: dict[str, str], answer: bytes) -> None:
        half = answer[: len(answer) // 2]
        self.close_connection = fault not in (Fault.NONE, Fault.BROKEN)
        if fault is Fault.BROKEN:
            self.send(status, half, headers)
        elif fault is Fault.HALF:
            self.send(status, half, headers | {"content-length": str(len(answer))})
        elif fault is Fault.HALF_CHUNKED:
            chunk = b"%x\r\n%b\r\n" % (len(half), half)
            self.send(status, chunk, headers | {"transfer-encoding": "chunked"})
        elif fault is Fault.NONE:
            self.send(status, answer, headers)

    def send(self, status: int, answer: bytes, headers: dict[str, str] | None = None) -> None:
        sent = {"content-type": "application/json", "content-length": str(len(answer))} | (headers or {})
        if "transfer-encoding" in sent:
            del sent["content-length"]
        self.send_response(status)
        for name, value in sent.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = do_PATCH = answer  # noqa: N815 http.server calls them

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 the signature is http.server's
        """Keeps quiet."""


class StandIn(ThreadingHTTPServer):
    """The server in this process."""

    daemon_threads = True

    def __init__(self, documents: EmbeddedServer, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.documents = documents
        self.order = Order(Fault.NONE)
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        return url_of(self.server_address[1])

    def fault_of(self, path: str) -> Fault:
        with self._lock:
            if not path.endswith(self.order.path) or self.order.times == 0:
                return Fault.NONE
            if self.order.times is not None:
                self.order.times -= 1
            return self.order.fault

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that has gone is no error."""


def url_of(port: int) -> str:
    return f"http://{LOGIN}@127.0.0.1:{port}/"


@contextlib.contextmanager
def standing_in(documents: EmbeddedServer) -> Iterator[StandIn]:
    """A stand-in in a thread of this process."""
    server = StandIn(documents)
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    serving.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        serving.join()


class StandInProcess:
    """A stand-in that can die: its documents are in files, its port is always the same."""

    def __init__(self, port: int, folder: Path) -> None:
        self.url = url_of(port)
        self._port = port
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it (again), and waits until it answers."""
        arguments = [sys.executable, "-m", __name__, str(self._port), str(self._folder)]
        self._process = subprocess.Popen(arguments, stdin=subprocess.DEVNULL)
        deadline = time.monotonic() + STARTS_WITHIN_S
        while True:
            try:
                self.ask("GET", "/")
            except OSError:
                assert time.monotonic() < deadline, "the stand-in does not answer"
                time.sleep(0.02)
            else:
                return

    def kill(self) -> None:
        """Connections are refused from now on."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        self._process = None

    def hang(self) -> None:
        """Connections are taken, and nothing is answered."""
        assert self._process is not None
        pause(self._process.pid)

    def go_on(self) -> None:
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGCONT)

    def order(self, fault: Fault, path: str = "", times: int | None = None) -> None:
        self.ask("POST", "/_fault", msgspec.json.encode(Order(fault, path, times)))

    def ask(self, method: str, path: str, body: bytes = b"") -> bytes:
        server = RemoteServer(self.url)
        try:
            return server.handle(method, path, "", {}, body)[2]
        finally:
            server.close()

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()


def main() -> None:
    """Serves the documents in a folder until it is killed."""
    port, folder = int(sys.argv[1]), Path(sys.argv[2])
    StandIn(EmbeddedServer(folder, writer=True), port).serve_forever()


if __name__ == "__main__":
    main()
