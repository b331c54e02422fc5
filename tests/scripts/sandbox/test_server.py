"""Owns the tests of the sandbox behind a socket, where faults are what they are in the world.

Never uses a client of ours: whoever comes over a socket may be anybody.
Called by pytest.
"""

import time

import httpx
import pytest

from scripts.sandbox.faults import FaultKind
from scripts.sandbox.fixtures import ServedSandbox


def test_it_answers_as_an_exchange_does(sandbox_server: ServedSandbox) -> None:
    assert httpx.get(f"{sandbox_server.url}/v3/").json()["name"] == "Credence"
    assert httpx.get(f"{sandbox_server.url}/v3/markets/").json()["markets"][0]["state"] == "open"


@pytest.mark.parametrize("kind", [FaultKind.REQUEST_LOST, FaultKind.ANSWER_LOST])
def test_a_connection_is_cut_without_a_byte(sandbox_server: ServedSandbox, kind: FaultKind) -> None:
    sandbox_server.control.switch_on(kind)
    with httpx.Client(base_url=sandbox_server.url) as http:
        with pytest.raises(httpx.TransportError):
            http.get("/v3/markets/")
        assert http.get("/v3/markets/").status_code == 200


def test_an_answer_is_late_by_the_clock_on_the_wall(sandbox_server: ServedSandbox) -> None:
    sandbox_server.control.switch_on(FaultKind.ANSWER_LATE, delay_ms=50)
    began = time.monotonic()
    assert httpx.get(f"{sandbox_server.url}/v3/markets/").status_code == 200
    assert time.monotonic() - began >= 0.05
