"""Owns the tests of the web's program: it starts, answers, is stopped gracefully, says what is misconfigured.

Never starts actors: without them the web says so.
Called by pytest.
"""

import http.client
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import psutil
import pytest

ROOT: Final = Path(__file__).parents[2]
WITHIN_S: Final = 60.0

pytestmark = pytest.mark.whole


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def few_files() -> None:
    """As many systems begin."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, most))


class Program:
    """The web as a process of its own."""

    def __init__(self, var: Path, **environment: str) -> None:
        self.port = free_port()
        self.var = var
        inherited = {name: text for name, text in os.environ.items() if not name.startswith("CREDENCE_")}
        given = {"CREDENCE_VAR": str(var), "CREDENCE_PORT": str(self.port), "CREDENCE_HASHING_COST": "cheap"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "resources.serve"],
            cwd=ROOT,
            env={**inherited, **given, **environment},
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=few_files,  # noqa: PLW1509 (no thread has been started)
        )

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=WITHIN_S)

    def wait_until_it_answers(self) -> None:
        give_up = time.monotonic() + WITHIN_S
        while True:
            assert self.process.poll() is None
            assert time.monotonic() < give_up
            try:
                self.connect().close()
            except ConnectionRefusedError:
                time.sleep(0.02)
            else:
                return

    def journal_with(self, words: str) -> str:
        """The journal once these are in it: a line is written when its answer is out."""
        give_up = time.monotonic() + WITHIN_S
        while words not in (said := (self.var / "journal" / "journal.jsonl").read_text()):
            assert time.monotonic() < give_up
            time.sleep(0.02)
        return said

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Program]:
    program = Program(tmp_path, CREDENCE_ACCESS_LOG="1")
    try:
        program.wait_until_it_answers()
        yield program
    finally:
        program.end()


def test_without_actors_the_web_answers_that_it_can_not_help_yet(web: Program) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", web.port, timeout=WITHIN_S)) as connection:
        for path, status in (("/", 503), ("/v3/nothing", 404), ("/v3/events/", 503)):
            connection.request("GET", path)
            response = connection.getresponse()
            assert (response.status, response.headers["content-type"]) == (status, "application/problem+json")
            assert "server" not in response.headers
            response.read()
    fewest, most = psutil.Process(web.process.pid).rlimit(psutil.RLIMIT_NOFILE)
    assert 256 < fewest == most, "it takes as many connections as it may"
    journal = web.journal_with('"path":"/v3/events/"')
    assert '"status":503' in journal


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_web_answers_what_is_in_flight_and_ends(web: Program, number: signal.Signals) -> None:
    body = b'{"username": "ada", "password": "x"}'
    head = (
        "POST /v3/sessions/ HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nExpect: 100-continue\r\n\r\n"
    )
    with web.connect(), web.connect() as connection:
        connection.sendall(head.encode())
        # The request is in flight once the application asks for its body.
        assert connection.recv(1_024).startswith(b"HTTP/1.1 100 ")
        web.process.send_signal(number)
        connection.sendall(body)
        assert connection.recv(1_024).startswith(b"HTTP/1.1 503 ")
    assert web.process.wait(WITHIN_S) == 0
    with pytest.raises(ConnectionRefusedError):
        web.connect()


def test_a_misconfigured_web_is_not_started(tmp_path: Path) -> None:
    program = Program(tmp_path, CREDENCE_RESTARTS="many")
    _, said = program.process.communicate(timeout=WITHIN_S)
    assert program.process.returncode == 2
    assert "CREDENCE_RESTARTS" in said
