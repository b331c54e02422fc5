"""Owns the tests of the control resources: the clock, what they refuse, and that only the sandbox has them.

Never looks at the sandbox but over HTTP.
Called by pytest.
"""

import datetime as dt
import subprocess
import sys
from pathlib import Path
from typing import Final

import httpx
import pytest

from scripts.client import RefusedError
from scripts.client.operations import account, place_order
from scripts.client.shapes import NewOrder
from scripts.sandbox.beginning import URL
from scripts.sandbox.controls import RESOURCES
from scripts.sandbox.faults import FAULTS_MAX, FaultKind
from scripts.sandbox.fixtures import LocalSandbox
from tests.resources.world import World

ROOT: Final = Path(__file__).resolve().parents[3]
PATHS: Final = ("/sandbox/", "/sandbox/clock/", "/sandbox/faults/", "/sandbox/reset/")


def test_the_clock_stands_still_until_it_is_set(sandbox: LocalSandbox) -> None:
    began = sandbox.control.now
    assert sandbox.control.now - began < dt.timedelta(milliseconds=1)
    later = sandbox.control.advance(3_600)
    assert dt.timedelta(0) <= later - began - dt.timedelta(hours=1) < dt.timedelta(milliseconds=1)
    noon = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
    assert sandbox.control.set_time(noon) - noon < dt.timedelta(milliseconds=1)


def test_timers_follow_the_clock(sandbox: LocalSandbox) -> None:
    with sandbox.client("ada") as ada:
        until = sandbox.control.now + dt.timedelta(hours=1)
        body = {
            "market_id": "1",
            "contract_id": "1",
            "side": "buy",
            "price": 3900,
            "quantity": 10_000,
            "opponent": "ben",
            "expires_datetime": until.isoformat(),
        }
        made = ada.call("POST", "/challenges/", body)["challenge"]
        sandbox.control.advance(3_599)
        assert ada.get(f"/challenges/{made['id']}/")["challenge"]["state"] == "offered"
        sandbox.control.advance(2)
        assert ada.get(f"/challenges/{made['id']}/")["challenge"]["state"] == "expired"


def test_delays_in_play_follow_the_clock(sandbox: LocalSandbox) -> None:
    with sandbox.client("staff") as staff, sandbox.client("cleo", patience_s=-1) as cleo:
        body = {
            "event_id": "1",
            "name": "Who leads at the buoy?",
            "contracts": [{"name": "Gulls"}, {"name": "Herons"}],
            "in_play_delay_ms": 5_000,
        }
        made = staff.call("POST", "/markets/", body)["market"]
        for change in ({"state": "open"}, {"in_play": True}):
            staff.call("PATCH", f"/markets/{made['id']}/", change)
        asked = place_order(NewOrder(made["id"], made["contracts"][0]["id"], "buy", 3000, 10_000))
        assert cleo.do(asked).state == "pending"
        sandbox.control.advance(4.9)
        assert cleo.do(asked).state == "pending"
        sandbox.control.advance(0.2)
        assert cleo.do(asked).state == "created"


def test_tokens_follow_the_clock(sandbox: LocalSandbox) -> None:
    with sandbox.client("ada") as ada:
        sandbox.control.advance(60)
        ada.do(account())
        sandbox.control.advance(365 * 24 * 3_600)
        with pytest.raises(RefusedError, match="expired"):
            ada.do(account())


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("PUT", "clock/", {}, "now"),
        ("PUT", "clock/", {"now": "2026-06-01T12:00:00Z", "advance_ms": 1}, "now"),
        ("PUT", "clock/", {"now": "2025-12-31T23:59:59Z"}, "now"),
        ("PUT", "clock/", {"now": "2100-01-02T00:00:00Z"}, "now"),
        ("PUT", "clock/", {"now": "2026-06-01T12:00:00"}, "now"),
        ("PUT", "clock/", {"advance_ms": -1}, "advance_ms"),
        ("POST", "faults/", {"kind": "flood"}, "kind"),
        ("POST", "faults/", {"kind": "answer_lost", "times": 0}, "times"),
        ("POST", "faults/", {"kind": "answer_late", "delay_ms": 3_600_000}, "delay_ms"),
        ("POST", "faults/", {"kind": "answer_late"}, "delay_ms"),
        ("POST", "faults/", {"kind": "answer_lost", "method": "post"}, "method"),
        ("POST", "faults/", {"kind": "answer_lost", "path": "/orders/"}, "path"),
        ("POST", "faults/", {"kind": "answer_lost", "path": "/v33"}, "path"),
        ("POST", "faults/", {"kind": "market_halted"}, "market_id"),
        ("POST", "faults/", {"kind": "answer_lost", "market_id": "1"}, "market_id"),
        ("POST", "faults/", {"kind": "answer_lost", "colour": "red"}, "colour"),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_name_and_changes_nothing(
    sandbox: LocalSandbox, method: str, path: str, body: object, field: str
) -> None:
    with httpx.Client(base_url=f"{URL}/sandbox/", transport=sandbox.transport) as http:
        before = http.get("").json()["sandbox"]["faults"]
        refused = http.request(method, path, json=body)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field)
        assert http.get("").json()["sandbox"]["faults"] == before


def test_there_is_a_limit_to_faults(sandbox: LocalSandbox) -> None:
    for _ in range(FAULTS_MAX):
        sandbox.control.switch_on(FaultKind.UNAVAILABLE)
    with pytest.raises(RefusedError, match=f"422 INVALID_FIELD: .*{FAULTS_MAX} faults are waiting already"):
        sandbox.control.switch_on(FaultKind.UNAVAILABLE)
    sandbox.control.clear_faults()
    assert sandbox.control.faults == ()


def test_the_exchange_has_none_of_them(world: World) -> None:
    assert len(RESOURCES) == len(PATHS)
    for path in PATHS:
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            for visitor in (world.anyone, world.staff):
                for place in (path, f"/v3{path}"):
                    assert visitor.send(method, place, {}).status_code == 404
    description = world.anyone.get("/v3/openapi.json").text
    assert "sandbox" not in description


def test_no_program_of_the_exchange_loads_the_sandbox() -> None:
    programs = (
        "actors.processes.launcher, actors.processes.root, actors.processes.standby, "
        "resources.serve, resources.asgi, scripts.first_start.__main__"
    )
    look = f"import sys, {programs}; print([name for name in sys.modules if 'sandbox' in name])"
    command = [sys.executable, "-c", look]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=100).stdout
    assert said == "[]\n"
