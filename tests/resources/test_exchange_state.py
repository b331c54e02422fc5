"""Owns the tests of the state of the exchange: what everybody sees, and what staff's kill switch does.

Never tests what streams do at its word: the machines' tests do.
Called by pytest.
"""

import pytest

from actors.machines.messages.answers import ExchangeResult, Reply
from actors.machines.messages.words import ExchangeState
from actors.processes.gateway_core import stream_of
from tests.resources.scripted import NOW, Stage
from tests.resources.world import World, order_in

STATE = "/v3/exchange/state/"
OPEN = ExchangeResult(ExchangeState.OPEN, 0, "", 0)
HALTED = ExchangeResult(ExchangeState.HALTED, 1, "a drill", NOW)
REOPENED = ExchangeResult(ExchangeState.OPEN, 2, "it is over", NOW)


def test_it_is_open_until_staff_says_otherwise(world: World) -> None:
    assert world.anyone.ok("GET", STATE) == {"state": "open"}
    market, ada = world.market(), world.member("ada")
    order_id = ada.ok("POST", "/v3/orders/", order_in(market))["order_id"]
    halted = world.staff.ok("PUT", STATE, {"state": "halted", "reason": "a drill"})
    assert (halted["state"], halted["reason"]) == ("halted", "a drill")
    assert halted["last_modified_datetime"].startswith("2026-01-01T")
    assert world.anyone.ok("GET", STATE) == halted
    refused = ada.post("/v3/orders/", order_in(market))
    assert (refused.status_code, refused.json["error_type"]) == (409, "TRADING_SUSPENDED")
    assert world.anyone.ok("GET", f"/v3/markets/{market['id']}/")["markets"][0]["state"] == "halted"
    assert ada.ok("GET", f"/v3/orders/{order_id}/")["order"]["state"] == "created"
    assert world.staff.ok("PUT", STATE, {"state": "open"})["state"] == "open"
    assert world.anyone.ok("GET", STATE)["state"] == "open"
    assert ada.post("/v3/orders/", order_in(market)).status_code == 200


def test_it_may_cancel_all_orders(world: World) -> None:
    market, ada = world.market(), world.member("ada")
    order_id = ada.ok("POST", "/v3/orders/", order_in(market))["order_id"]
    world.staff.ok("PUT", STATE, {"state": "halted", "cancel_orders": True})
    order = ada.ok("GET", f"/v3/orders/{order_id}/")["order"]
    assert (order["state"], order["cancel_reason"]) == ("cancelled", "admin-requested")
    assert ada.ok("GET", "/v3/accounts/")["account"]["available_balance"] == "1000.00"
    assert ada.ok("GET", f"/v3/markets/{market['id']}/quotes/")[market["contracts"][0]["id"]] == {
        "bids": [],
        "offers": [],
    }


def test_a_halt_survives_every_host(world: World) -> None:
    market, ada = world.market(), world.member("ada")
    world.staff.ok("PUT", STATE, {"state": "halted"})
    for stream in world.exchange.streams.names:
        world.exchange.restart(stream)
    assert world.anyone.ok("GET", STATE)["state"] == "halted"
    assert ada.post("/v3/orders/", order_in(market)).status_code == 409
    world.staff.ok("PUT", STATE, {"state": "open"})
    assert ada.post("/v3/orders/", order_in(market)).status_code == 200


def test_a_market_that_is_made_during_a_halt_opens_only_after_it(world: World) -> None:
    world.staff.ok("PUT", STATE, {"state": "halted"})
    market = world.market(state="draft")
    path = f"/v3/markets/{market['id']}/"
    refused = world.staff.send("PATCH", path, {"state": "open"})
    assert (refused.status_code, refused.json["error_type"]) == (409, "TRADING_SUSPENDED")
    world.staff.ok("PUT", STATE, {"state": "open"})
    assert world.staff.ok("PATCH", path, {"state": "open"})["market"]["state"] == "open"


def test_asking_again_for_what_is_changes_nothing_that_shows(world: World) -> None:
    opened = world.staff.ok("PUT", STATE, {"state": "open"})
    assert opened == world.anyone.ok("GET", STATE) == {"state": "open"}
    first = world.staff.ok("PUT", STATE, {"state": "halted"})
    assert world.staff.ok("PUT", STATE, {"state": "halted"})["state"] == first["state"]


@pytest.mark.parametrize("stream", ["accounts-0", "accounts-1"])
def test_without_its_account_hosts_the_exchange_is_halted(world: World, stream: str) -> None:
    world.exchange.stop(stream)
    assert world.anyone.ok("GET", STATE) == {"state": "halted"}


SEEN = [
    ((OPEN, OPEN), "open"),
    ((HALTED, HALTED), "halted"),
    # The last move is on its way.
    ((OPEN, HALTED), "halted"),
    ((HALTED, REOPENED), "halted"),
    ((REOPENED, HALTED), "halted"),
    ((REOPENED, REOPENED), "open"),
]


@pytest.mark.parametrize(("known", "state"), SEEN)
def test_every_account_stream_is_asked_and_all_must_be_open(
    known: tuple[ExchangeResult, ...], state: str
) -> None:
    stage = Stage(*(Reply(result, {}) for result in known))
    assert stage.visitor.get(STATE).json["state"] == state
    streams = [stream_of(asked, stage.gateway.streams) for asked in stage.gateway.asked]
    assert streams == ["accounts-0", "accounts-1"]
