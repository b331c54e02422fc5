"""Owns the tests of the requests to a real CouchDB, against a small HTTP server that misbehaves on order.

Never tests CouchDB's behaviour: the contract suite does when there is one.
Called by pytest.
"""

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from actors.processes.supervision import SILENT_S_MAX
from couch_views import opening
from couch_views.client import DocumentsRefusedError, DocumentsUnavailableError
from couch_views.opening import remote_documents, remote_readers
from couch_views.remote import READ_TIMEOUT_S, TIMEOUT_S, RemoteServer


class Answering(BaseHTTPRequestHandler):
    """Answers by path and notes what it was asked."""

    protocol_version = "HTTP/1.1"
    asked: list[tuple[str, str, bytes, str]] = []  # noqa: RUF012 one list for all requests of a test
    released = threading.Event()

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", "0")))
        self.asked.append((self.command, self.path, body, self.headers.get("authorization", "")))
        if self.path.startswith("/hang"):
            self.released.wait(30)
        if self.path.startswith("/drop"):
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        status, text = 200, b'{"ok":true}'
        if "huge" in self.path:
            status, text = 400, b'{"error":"bad_request","reason":"' + b"x" * 20_000 + b'"}'
        if "page" in self.path:
            status, text = 502, b"<html>Bad gateway</html>"
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)
        self.close_connection = "close" in self.path

    do_GET = do_PUT = do_POST = do_HEAD = answer  # noqa: N815 the names that http.server calls

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 the signature is http.server's
        """Keeps quiet."""


@pytest.fixture
def port() -> Iterator[int]:
    Answering.asked.clear()
    Answering.released.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    serving.start()
    yield server.server_address[1]
    Answering.released.set()
    server.shutdown()
    server.server_close()
    serving.join()


def test_a_request_is_sent_as_it_is(port: int) -> None:
    server = RemoteServer(f"http://al%40ice:pass@127.0.0.1:{port}/couch/")
    status, headers, body = server.handle("PUT", "/db/a%2Fb", "rev=1-a", {}, b'{"x":1}')
    assert (status, headers["content-type"], body) == (200, "application/json", b'{"ok":true}')
    assert Answering.asked == [("PUT", "/couch/db/a%2Fb?rev=1-a", b'{"x":1}', "Basic YWxAaWNlOnBhc3M=")]
    server.close()


def test_an_idle_connection_that_was_closed_is_opened_again(port: int) -> None:
    server = RemoteServer(f"http://127.0.0.1:{port}")
    for path in ("/close", "/close", "/a", "/a"):
        assert server.handle("POST", path, "", {}, b"{}")[0] == 200
        if path == "/close":
            kept = server._connection.sock
            assert kept is None or kept.recv(1, socket.MSG_PEEK) == b""
    assert [path for _, path, _, _ in Answering.asked] == ["/close", "/close", "/a", "/a"]
    server.close()


def test_a_request_is_never_sent_twice(port: int) -> None:
    documents = remote_documents(f"http://127.0.0.1:{port}/drop")
    with pytest.raises(DocumentsUnavailableError, match="_bulk_docs"):
        documents.bulk([{"_id": "a"}])
    assert len(Answering.asked) == 1
    documents.close()


def test_no_answer_in_time_is_an_error(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "READ_TIMEOUT_S", 0.05)
    documents = remote_readers(f"http://127.0.0.1:{port}/hang")
    with pytest.raises(DocumentsUnavailableError, match="timed out"):
        documents.get("a")
    documents.close()


def test_an_error_of_any_size_is_an_error(port: int) -> None:
    documents = remote_documents(f"http://127.0.0.1:{port}/huge")
    with pytest.raises(DocumentsRefusedError, match="400 bad_request: xxx") as caught:
        documents.get("a")
    assert len(str(caught.value)) < 1_000
    documents.close()


def test_a_page_of_a_proxy_is_an_error(port: int) -> None:
    documents = remote_documents(f"http://127.0.0.1:{port}/page")
    with pytest.raises(DocumentsUnavailableError, match="502 unknown: <html>"):
        documents.get("a")
    documents.close()


def test_nobody_there_is_an_error() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        documents = remote_documents(f"http://127.0.0.1:{unused.getsockname()[1]}")
        with pytest.raises(DocumentsUnavailableError, match="Connection refused"):
            documents.get("a")
        documents.close()


def test_who_waits_for_an_answer_is_not_taken_for_one_that_hangs() -> None:
    assert READ_TIMEOUT_S < TIMEOUT_S < SILENT_S_MAX


@pytest.mark.parametrize("url", ["", "sqlite", "ftp://host/", "http://", "http:///path"])
def test_a_url_has_a_scheme_and_a_host(url: str) -> None:
    with pytest.raises(ValueError, match="http"):
        RemoteServer(url)


def test_ports_and_encryption_follow_from_the_url() -> None:
    plain, encrypted = RemoteServer("http://host/"), RemoteServer("https://host/")
    assert (plain._connection.port, encrypted._connection.port) == (5984, 6984)
    assert type(encrypted._connection).__name__ == "HTTPSConnection"
