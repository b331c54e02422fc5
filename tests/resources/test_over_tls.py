"""Owns the tests of a whole exchange over TLS: first start with its demo, members, browsers, stopping.

Never asks an authority: the certificate is made here, for a name that this machine hasn't got.
Called by pytest.
"""

import contextlib
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import httpx
import pytest

from actors.processes.settings import Settings
from scripts.client import Client
from tests.processes.certificates import make_pair
from tests.processes.programs import Program, free_port, started, wait_for

pytestmark = pytest.mark.whole

PASSWORD: Final = "the staff's password"


@pytest.fixture(scope="module")
def exchange(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    folder: Path = tmp_path_factory.mktemp("tls")
    pair = make_pair(folder / "pair")
    settings = Settings(
        var=folder / "var",
        port=free_port(),
        hashing_cost="cheap",
        staff_password=PASSWORD,
        tls_certificate=pair.certificate,
        tls_key=pair.key,
    )
    with started(settings, "actors.processes.launcher") as program:
        wait_for(
            lambda: f"Credence is at https://127.0.0.1:{settings.port}" in program.said(), 60, "the start"
        )
        yield program
        program.process.terminate()
        assert program.wait() == 0


def tls(exchange: Program) -> ssl.SSLContext:
    context = exchange.settings.near_tls()
    assert context is not None
    return context


def get(exchange: Program, path: str, **headers: str) -> httpx.Response:
    with httpx.Client(verify=tls(exchange), trust_env=False, timeout=60) as client:
        return client.get(f"{exchange.settings.url}{path}", headers=headers)


def test_the_first_start_makes_the_demo(exchange: Program) -> None:
    assert "demo member with play money" in exchange.said()
    with Client(exchange.settings.url, tls=tls(exchange)) as staff:
        staff.sign_in("staff", PASSWORD)
        wait_for(lambda: bool(staff.get("/markets/?states=open")["markets"]), name="its documents")


def test_a_browser_is_told_to_come_over_tls_only(exchange: Program) -> None:
    page = get(exchange, "/v3/sessions/", accept="text/html")
    assert page.status_code == 200
    assert page.headers["strict-transport-security"].startswith("max-age=")
    assert page.headers["content-security-policy"].startswith("default-src 'self'")
    cookies = page.headers.get_list("set-cookie")
    assert cookies, "what ties the form to this browser"
    for cookie in cookies:
        assert cookie.startswith("__Host-")
        assert "; Secure" in cookie


def test_who_does_not_know_the_certificate_is_not_convinced(exchange: Program) -> None:
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(exchange.settings.url, trust_env=False)


@pytest.mark.parametrize("sent", [b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\x16\x03\x01\xff\xff" + b"x" * 100])
def test_what_is_not_tls_is_cut_off_and_others_are_served(exchange: Program, sent: bytes) -> None:
    with socket.create_connection(("127.0.0.1", exchange.settings.port), timeout=60) as connection:
        connection.sendall(sent)
        with contextlib.suppress(ConnectionError):
            assert b"HTTP/1.1" not in connection.recv(1_024)
    assert get(exchange, "/v3/events/").status_code == 200
