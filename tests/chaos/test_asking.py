"""Owns the tests of the client that must know: what is a doubt, what is not, and one key throughout.

Never asks a real exchange: a small server answers as it is told.
Called by pytest.
"""

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tests.chaos.asking import Asker
from tests.chaos.ledger import ORDERS, Answered, Entry, Ledger, Member
from tests.processes.programs import free_port

MEMBER = Member("grace", 16, "accounts-0", "a token")
HANG_UP = 0


class Server(HTTPServer):
    """Answers with the given statuses in turn, then with 200; ``keys`` are those it was asked with."""

    def __init__(self, statuses: list[int]) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.statuses = statuses
        self.keys: list[str | None] = []


class Answering(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.do_POST()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"] or 0))
        assert isinstance(self.server, Server)
        self.server.keys.append(self.headers["idempotency-key"])
        status = self.server.statuses.pop(0) if self.server.statuses else 200
        if status == HANG_UP:
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(status)
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 the signature is http.server's
        """Keeps quiet."""


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server([])
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.shutdown()
    made.server_close()
    thread.join()


def asked(port: int, patience_s: float = 10.0) -> tuple[Ledger, Answered | None]:
    """One order, asked until it is answered."""
    ledger = Ledger()
    asker = Asker(f"http://127.0.0.1:{port}", ledger, patience_s, threading.Event())
    answered = asker.ask(Entry(MEMBER, "POST", ORDERS, {"side": "buy"}, "7"))
    asker.close()
    return ledger, answered


@pytest.mark.parametrize(
    ("statuses", "final", "doubts"),
    [
        ([], 200, 0),
        ([202], 202, 0),
        ([422], 422, 0),
        # Nothing happened: that is no doubt.
        ([503, 429], 200, 0),
        # Nobody knows what happened.
        ([504, 502], 200, 2),
        ([HANG_UP], 200, 1),
        ([HANG_UP, 503, 504, 409], 409, 2),
        # What should never be is an answer, for the verdict to judge.
        ([500], 500, 0),
    ],
)
def test_a_request_is_sent_until_it_is_answered(
    server: Server, statuses: list[int], final: int, doubts: int
) -> None:
    server.statuses = list(statuses)
    ledger, answered = asked(server.server_port)
    assert answered is not None
    assert (answered.status, answered.content) == (final, {})
    (entry,) = ledger.entries
    assert (entry.answers, entry.doubts) == ([answered], doubts)
    assert set(server.keys) == {"7"}
    assert ledger.in_doubt == (doubts > 0)


def test_what_was_never_sent_is_no_doubt_and_past_the_patience_there_is_no_answer() -> None:
    ledger, answered = asked(free_port(), patience_s=0.1)
    assert answered is None
    (entry,) = ledger.entries
    assert (entry.answers, entry.doubts) == ([], 0)


@pytest.mark.parametrize(("statuses", "is_there"), [([404, 503, HANG_UP, 404], True), ([404] * 100, False)])
def test_what_is_looked_for_is_there_or_not_and_nothing_is_noted(
    server: Server, statuses: list[int], *, is_there: bool
) -> None:
    server.statuses = list(statuses)
    ledger = Ledger()
    asker = Asker(f"http://127.0.0.1:{server.server_port}", ledger, 2.0, threading.Event())
    assert asker.see(MEMBER, "/challenges/16/") == is_there
    assert ledger.entries == []
    asker.close()
