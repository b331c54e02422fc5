"""Owns the tests of the web under servers of others: each a process, on the state of one running exchange.

Never tests what a resource means.
Called by pytest.
"""

import contextlib
import gzip
import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Final, NamedTuple

import httpx
import pytest

from actors.machines import limits
from actors.processes.tls import near_context
from scripts.client import Client
from scripts.exchange import ROOT, Exchange, free_port, running_exchange, wait_until_answered
from tests.processes.certificates import make_pair
from tests.processes.programs import wait_for

pytestmark = pytest.mark.whole

WITHIN_S: Final = 60.0
APP: Final = "resources.asgi:app"
COMMANDS: Final[Mapping[str, tuple[str, ...]]] = {
    "uvicorn": ("uvicorn", "--host", "127.0.0.1", "--port", "PORT", APP),
    "granian": ("granian", "--interface", "asgi", "--host", "127.0.0.1", "--port", "PORT", APP),
    "hypercorn": ("hypercorn", "--bind", "127.0.0.1:PORT", APP),
}
OVER_TLS: Final[Mapping[str, tuple[str, ...]]] = {
    "granian": ("granian", "--ssl-certificate", "CERTIFICATE", "--ssl-keyfile", "KEY"),
    "hypercorn": ("hypercorn", "--certfile", "CERTIFICATE", "--keyfile", "KEY"),
}
LONG_EVENT: Final = {
    "name": "Cup",
    "type": "sailing",
    "start_datetime": "2026-05-17T14:00:00Z",
    "description": "Who is first around the buoy, and back? " * 50,
}


class Served(NamedTuple):
    """A server beside the exchange's own; none for that one."""

    port: int
    staff_password: str
    process: subprocess.Popen[bytes] | None

    def connect(self) -> closing[http.client.HTTPConnection]:
        return closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=WITHIN_S))


class Answer(NamedTuple):
    status: int
    headers: Mapping[str, str]
    body: bytes


def ask(
    connection: http.client.HTTPConnection,
    method: str,
    path: str,
    body: bytes | Iterator[bytes] | None = None,
    **headers: str,
) -> Answer:
    """One request; an underscore in a header's name is a hyphen. Chunks are sent as they come.

    Some servers end a connection as soon as their answer is out: who still sends reads it all the same.
    """
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        connection.request(method, path, body, named, encode_chunked=not isinstance(body, bytes | None))
    response = connection.getresponse()
    return Answer(
        response.status, {name.lower(): text for name, text in response.getheaders()}, response.read()
    )


@pytest.fixture(scope="module")
def exchange() -> Iterator[Exchange]:
    with running_exchange({"CREDENCE_HASHING_COST": "cheap"}) as running:
        with Client(running.url) as staff:
            staff.sign_in("staff", running.staff_password)
            staff.call("POST", "/events/", LONG_EVENT)
            give_up = time.monotonic() + WITHIN_S
            while not staff.get("/events/")["events"]:
                assert time.monotonic() < give_up
                time.sleep(0.02)
        yield running


def start(command: tuple[str, ...], exchange: Exchange) -> Served:
    port, process = launch(command, exchange)
    wait_until_answered(port, "/v3/", process)
    return Served(port, exchange.staff_password, process)


def launch(command: tuple[str, ...], exchange: Exchange) -> tuple[int, subprocess.Popen[bytes]]:
    """A server on a port of its own, beside the exchange's."""
    port = free_port()
    inherited = {name: text for name, text in os.environ.items() if not name.startswith("CREDENCE_")}
    process = subprocess.Popen(
        [sys.executable, "-m", *(part.replace("PORT", str(port)) for part in command)],
        cwd=ROOT,
        env={**inherited, "CREDENCE_VAR": str(exchange.var), "CREDENCE_HASHING_COST": "cheap"},
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    return port, process


def end(process: subprocess.Popen[bytes]) -> None:
    """Whatever is left of it: some servers work in processes of their own."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.fixture(scope="module", params=["ours", *COMMANDS])
def server(request: pytest.FixtureRequest, exchange: Exchange) -> Iterator[Served]:
    if request.param == "ours":
        yield Served(exchange.port, exchange.staff_password, None)
        return
    served = start(COMMANDS[request.param], exchange)
    assert served.process is not None
    try:
        yield served
    finally:
        end(served.process)


def test_requests_follow_one_another_on_a_connection(server: Served) -> None:
    with server.connect() as connection:
        assert ask(connection, "GET", "/v3/events/").status == 200
        socket = connection.sock
        body = json.dumps({"username": "staff", "password": server.staff_password}).encode()
        signed_in = ask(connection, "POST", "/v3/sessions/", body, content_type="application/json")
        assert signed_in.status == 200
        assert json.loads(signed_in.body)["token"]
        assert ask(connection, "GET", "/v3/nothing").status == 404
        assert ask(connection, "DELETE", "/v3/events/").headers["allow"].split(", ")
        assert connection.sock is socket


def test_an_unknown_path_is_a_problem_with_the_id_that_was_asked_with(server: Served) -> None:
    with server.connect() as connection:
        answer = ask(connection, "GET", "/v3/nothing", x_request_id="mine-1")
    assert (answer.status, answer.headers["content-type"]) == (404, "application/problem+json")
    assert (answer.headers["x-request-id"], answer.headers["x-content-type-options"]) == ("mine-1", "nosniff")
    assert json.loads(answer.body)["error_type"] == "NOT_FOUND"


@pytest.mark.parametrize("accepted", ["identity", "gzip"])
def test_what_a_client_has_is_not_sent_again(server: Served, accepted: str) -> None:
    with server.connect() as connection:
        first = ask(connection, "GET", "/v3/events/", accept_encoding=accepted)
        headed = ask(connection, "HEAD", "/v3/events/", accept_encoding=accepted)
        etag = first.headers["etag"]
        again = ask(connection, "GET", "/v3/events/", accept_encoding=accepted, if_none_match=etag)
    assert (first.status, headed.status, again.status) == (200, 200, 304)
    assert (headed.body, again.body) == (b"", b"")
    assert etag == headed.headers["etag"] == again.headers["etag"]
    assert "Accept-Encoding" in again.headers["vary"]


def test_what_is_long_is_gzipped(server: Served) -> None:
    with server.connect() as connection:
        plain = ask(connection, "GET", "/v3/events/")
        packed = ask(connection, "GET", "/v3/events/", accept_encoding="gzip;q=0.5, identity;q=0.1")
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body


@pytest.mark.parametrize("in_chunks", [False, True])
def test_a_body_over_the_limit_is_413(server: Served, in_chunks: bool) -> None:
    size = limits.BODY_BYTES_MAX + 300_000
    chunks = (b" " * 100_000 for _ in range(size // 100_000))
    with server.connect() as connection:
        body = chunks if in_chunks else b" " * size
        answer = ask(connection, "POST", "/v3/sessions/", body, content_type="application/json")
        assert (answer.status, json.loads(answer.body)["error_type"]) == (413, "BODY_TOO_LARGE")
        assert ask(connection, "GET", "/v3/events/").status == 200, "on a connection that is made anew"


def is_answered(client: httpx.Client) -> bool:
    with contextlib.suppress(httpx.TransportError):
        return client.get("/v3/").status_code == 200
    return False


@pytest.mark.parametrize("name", OVER_TLS)
def test_over_tls_others_speak_http_2(exchange: Exchange, tmp_path: Path, name: str) -> None:
    """There a body needn't be announced, and nothing may be said of the connection."""
    pair = make_pair(tmp_path)
    files = {"CERTIFICATE": str(pair.certificate), "KEY": str(pair.key)}
    port, process = launch(
        tuple(files.get(part, part) for part in OVER_TLS[name]) + COMMANDS[name][1:], exchange
    )
    credentials = {"username": "staff", "password": exchange.staff_password}
    with httpx.Client(
        http2=True,
        verify=near_context(pair.certificate),
        trust_env=False,
        base_url=f"https://127.0.0.1:{port}",
    ) as client:
        try:
            wait_for(lambda: is_answered(client), WITHIN_S, "the start")
            parts = iter([json.dumps(credentials).encode()[:10], json.dumps(credentials).encode()[10:]])
            signed_in = client.post(
                "/v3/sessions/", content=parts, headers={"content-type": "application/json"}
            )
            assert (signed_in.status_code, signed_in.http_version) == (200, "HTTP/2")
            assert signed_in.headers["strict-transport-security"]
            too_much = (b" " * 100_000 for _ in range(12))
            refused = client.post(
                "/v3/sessions/", content=too_much, headers={"content-type": "application/json"}
            )
            assert refused.status_code == 413
            assert client.get("/v3/events/").status_code == 200
        finally:
            end(process)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("name", COMMANDS)
def test_it_stops_when_it_is_asked_to(exchange: Exchange, name: str, number: signal.Signals) -> None:
    served = start(COMMANDS[name], exchange)
    assert served.process is not None
    try:
        with served.connect() as connection:
            assert ask(connection, "GET", "/v3/events/").status == 200
        served.process.send_signal(number)
        assert served.process.wait(WITHIN_S) in {0, -number, 128 + number}
    finally:
        end(served.process)
    wait_for(lambda: is_refused(served), name="the end of all its processes")


def is_refused(served: Served) -> bool:
    with served.connect() as connection:
        try:
            connection.connect()
        except ConnectionRefusedError:
            return True
        return False
