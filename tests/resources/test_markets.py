"""Owns the tests of markets: made, opened, closed and settled by staff, listed for everybody.

Never tests what a settlement pays: the machines' tests do.
Called by pytest.
"""

import pytest

from actors.machines import limits
from actors.machines.messages.commands import HaltMarket
from tests.resources.world import Json, World, order_in


def asked(world: World, **fields: object) -> dict[str, object]:
    """A market to be made, of an event that is there."""
    body = {"event_id": world.event()["id"], "name": "Winner", "contracts": [{"name": "Gulls"}]}
    return {**body, **fields}


def test_a_market_is_made_as_a_draft_with_its_contracts_in_order(world: World) -> None:
    body = asked(
        world,
        contracts=[{"name": "Gulls"}, {"name": "Herons"}],
        rules="First past the post.",
        commission="0.02",
        price_ladder=[{"from": 100, "to": 900, "step": 100}, {"from": 1000, "to": 9999, "step": 1}],
    )
    result = world.staff.post("/v3/markets/", body)
    assert result.status_code == 201
    market = result.json["market"]
    assert result.headers["location"] == f"/v3/markets/{market['id']}/"
    assert market.pop("created_datetime").startswith("2026-01-01T")
    contracts = market.pop("contracts")
    assert market == {
        "id": "1",
        "event_id": body["event_id"],
        "name": "Winner",
        "slug": "winner",
        "state": "draft",
        "winner_count": 1,
        "commission": "0.02",
        "price_ladder": body["price_ladder"],
        "rules": "First past the post.",
        "display_order": 0,
        "version": 1,
        "in_play": False,
        "in_play_delay_ms": 0,
        "cross_matching": False,
        "quantity_max": limits.QUANTITY_MAX,
        "opening_auction_s": None,
        "closing_auction_s": None,
    }
    assert [(contract["name"], contract["display_order"]) for contract in contracts] == [
        ("Gulls", 0),
        ("Herons", 1),
    ]
    assert {(contract["market_id"], contract["state_or_outcome"]) for contract in contracts} == {
        ("1", "draft")
    }


def test_what_the_actor_answers_is_what_the_documents_say(world: World) -> None:
    market = world.market()
    contracts = market.pop("contracts")
    world.staff.ok("PATCH", f"/v3/markets/{market['id']}/", {"state": "halted"})
    changed = world.staff.ok("PATCH", f"/v3/markets/{market['id']}/", {"state": "open"})["market"]
    assert changed.pop("contracts") == [contract | {"state_or_outcome": "open"} for contract in contracts]
    assert changed == market | {"state": "open", "version": 4}
    path = f"/v3/markets/{market['id']}/"
    assert world.anyone.ok("GET", path) == {"markets": [changed]}
    contracts = [contract | {"state_or_outcome": "open"} for contract in contracts]
    assert world.anyone.ok("GET", f"{path}contracts/") == {"contracts": contracts}


def test_a_market_that_the_exchange_itself_halted_says_why(world: World) -> None:
    market = world.market()
    path = f"/v3/markets/{market['id']}/"
    world.exchange.ask(HaltMarket(int(market["id"]), "auditor: cause at accounts-0:8"))
    (halted,) = world.anyone.ok("GET", path)["markets"]
    assert (halted["state"], halted["halt_reason"]) == ("halted", "auditor: cause at accounts-0:8")
    world.staff.ok("PATCH", path, {"state": "open"})
    (opened,) = world.anyone.ok("GET", path)["markets"]
    assert "halt_reason" not in opened


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"event_id": "99"}, "event_id"),
        ({"event_id": "x"}, "event_id"),
        ({"event_id": None}, "event_id"),
        ({"name": ""}, "name"),
        ({"contracts": []}, "contracts"),
        ({"contracts": [{"name": str(i)} for i in range(limits.CONTRACTS_PER_MARKET_MAX + 1)]}, "contracts"),
        ({"contracts": [{"name": "a"}, {}]}, "contracts[1].name"),
        ({"contracts": [{"name": ""}]}, "contracts[0].name"),
        ({"contracts": [{"name": "a", "id": 1}]}, "contracts[0].id"),
        ({"contracts": ["a"]}, "contracts[0]"),
        ({"winner_count": 0}, "winner_count"),
        ({"winner_count": 2}, "winner_count"),
        ({"winner_count": limits.CONTRACTS_PER_MARKET_MAX + 1}, "winner_count"),
        ({"commission": 0.02}, "commission"),
        ({"commission": "0.51"}, "commission"),
        ({"commission": "-0.01"}, "commission"),
        ({"commission": "0.00001"}, "commission"),
        ({"commission": "2%"}, "commission"),
        ({"in_play_delay_ms": -1}, "in_play_delay_ms"),
        ({"in_play_delay_ms": limits.IN_PLAY_DELAY_MAX_MS + 1}, "in_play_delay_ms"),
        ({"price_ladder": []}, "price_ladder"),
        ({"price_ladder": [{"from": 0, "to": 9, "step": 1}]}, "price_ladder[0].from"),
        ({"price_ladder": [{"from": 1, "to": 10_000, "step": 1}]}, "price_ladder[0].to"),
        (
            {"price_ladder": [{"from": 1, "to": 9, "step": 1}, {"from": 9, "to": 1, "step": 1}]},
            "price_ladder[1]",
        ),
        ({"price_ladder": [{"from": 1, "to": 9, "step": 3}]}, "price_ladder[0]"),
        ({"state": "open"}, "state"),
    ],
)
def test_what_a_market_may_be(world: World, changes: dict[str, object], field: str) -> None:
    body = asked(world) | changes
    documents = world.anyone.ok("GET", "/v3/markets/")
    result = world.staff.post("/v3/markets/", body)
    assert (result.status_code, result.json["errors"][0]["field"]) == (422, field)
    assert world.anyone.ok("GET", "/v3/markets/") == documents


def test_a_market_of_an_event_that_is_over_is_409(world: World) -> None:
    body = asked(world)
    world.staff.ok("PATCH", f"/v3/events/{body['event_id']}/", {"state": "cancelled"})
    result = world.staff.post("/v3/markets/", body)
    assert (result.status_code, result.json["error_type"]) == (409, "EVENT_STATE_NOT_ALLOWED")


@pytest.mark.parametrize(
    ("state", "wanted", "allowed"),
    [
        ("draft", "halted", "open"),
        ("draft", "closed", "open"),
        ("open", "open", "closed"),
        ("open", "settled", "halted"),
        ("closed", "open", "none"),
        ("halted", "draft", "closed"),
    ],
)
def test_a_forbidden_step_is_409_and_names_the_allowed_ones(
    world: World, state: str, wanted: str, allowed: str
) -> None:
    market = world.market(state=state)
    result = world.staff.send("PATCH", f"/v3/markets/{market['id']}/", {"state": wanted})
    assert (result.status_code, result.json["error_type"]) == (409, "MARKET_STATE_NOT_ALLOWED")
    assert allowed in result.json["detail"]


@pytest.mark.parametrize("body", [{"state": "sunny"}, {"state": 1}])
def test_what_a_state_may_be(world: World, body: dict[str, object]) -> None:
    result = world.staff.send("PATCH", f"/v3/markets/{world.market()['id']}/", body)
    assert (result.status_code, result.json["errors"][0]["field"]) == (422, "state")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"in_play": False}, "in_play"),
        ({"in_play": "yes"}, "in_play"),
        ({"in_play": True, "state": "open"}, "in_play"),
        ({"reason": "why not"}, "in_play"),
        ({"state": None}, "in_play"),
        ({}, "in_play"),
    ],
)
def test_a_step_is_a_state_or_the_beginning_of_play(
    world: World, body: dict[str, object], field: str
) -> None:
    result = world.staff.send("PATCH", f"/v3/markets/{world.market()['id']}/", body)
    assert (result.status_code, result.json["errors"][0]["field"]) == (422, field)


def test_a_market_turns_in_play_once_and_not_as_a_draft(world: World) -> None:
    path = f"/v3/markets/{world.market(state='draft')['id']}/"
    for state, status in ((None, 409), ("open", 200), (None, 409)):
        if state:
            world.staff.ok("PATCH", path, {"state": state})
        result = world.staff.send("PATCH", path, {"in_play": True, "reason": "the gun"})
        assert result.status_code == status
    news = world.anyone.ok("GET", f"{path}news/")["news"]
    assert [each["type"] for each in news] == ["in_play", "opened", "created"]
    actions = world.staff.ok("GET", "/v3/staff/actions/")["actions"]
    assert [each["outcome"] for each in actions if each["action"] == "turn-in-play"] == [
        "refused",
        "done",
        "refused",
    ]


def test_orders_meet_the_markets_state(world: World) -> None:
    ada = world.member("ada")
    for state, error_type in (
        ("draft", "MARKET_NOT_OPEN"),
        ("halted", "MARKET_NOT_OPEN"),
        ("closed", "MARKET_NOT_OPEN"),
    ):
        result = ada.post("/v3/orders/", order_in(world.market(state=state)))
        assert (result.status_code, result.json["error_type"]) == (409, error_type)


def settle(world: World, market: Json, **body: object) -> Json:
    path = f"/v3/markets/{market['id']}/settlement/"
    return world.staff.ok("PUT", path, {"reason": "It is over.", **body})["market"]


def test_a_settlement_pays_and_a_correction_pays_otherwise(world: World) -> None:
    market = world.market()
    gulls, herons = (contract["id"] for contract in market["contracts"])
    ada, ben = world.member("ada"), world.member("ben")
    ada.ok("POST", "/v3/orders/", order_in(market))
    ben.ok("POST", "/v3/orders/", order_in(market, side="sell"))
    world.staff.ok("PATCH", f"/v3/markets/{market['id']}/", {"state": "closed"})

    def balances() -> list[str]:
        return [visitor.ok("GET", "/v3/accounts/")["account"]["balance"] for visitor in (ada, ben)]

    settled = settle(world, market, winners=[gulls])
    outcomes = [contract["state_or_outcome"] for contract in settled["contracts"]]
    assert (settled["state"], outcomes, balances()) == ("settled", ["winner", "loser"], ["1000.50", "999.50"])
    assert settle(world, market, winners=[int(herons)])["state"] == "settled"
    assert balances() == ["999.50", "1000.50"]
    voided = settle(world, market, void=True)
    assert {contract["state_or_outcome"] for contract in voided["contracts"]} == {"voided"}
    assert (voided["state"], balances()) == ("voided", ["1000.00", "1000.00"])
    result = ada.post("/v3/orders/", order_in(market))
    assert (result.status_code, result.json["error_type"]) == (409, "MARKET_SETTLED")


def test_two_of_three_places_are_shared(world: World) -> None:
    """Each of the two pays half: what is bought of one at 40 % and 1.25 pays 0.625, less 0.50."""
    market = world.market("Gulls", "Herons", "Terns", winner_count=1)
    ids = [contract["id"] for contract in market["contracts"]]
    ada, ben = world.member("ada"), world.member("ben")
    order = {**order_in(market), "price": 4_000, "quantity": 12_500}
    ada.ok("POST", "/v3/orders/", order)
    ben.ok("POST", "/v3/orders/", {**order, "side": "sell"})
    world.staff.ok("PATCH", f"/v3/markets/{market['id']}/", {"state": "closed"})
    settled = settle(world, market, dead_heat=[ids[2], ids[0]])
    shown = [(contract["state_or_outcome"], contract["payout"]) for contract in settled["contracts"]]
    assert shown == [("dead_heat", 5_000), ("loser", 0), ("dead_heat", 5_000)]
    balances = [visitor.ok("GET", "/v3/accounts/")["account"]["balance"] for visitor in (ada, ben)]
    assert balances == ["1000.125", "999.875"]
    contracts = world.anyone.ok("GET", f"/v3/markets/{market['id']}/contracts/")["contracts"]
    assert [contract["payout"] for contract in contracts] == [5_000, 0, 5_000]


def test_a_market_may_have_several_winners(world: World) -> None:
    """Who sells three of which two win, at 50 % each, risks a half of the quantity, once it is matched."""
    market = world.market("Gulls", "Herons", "Terns", winner_count=2)
    ids = [contract["id"] for contract in market["contracts"]]
    ada, ben = world.member("ada"), world.member("ben")
    for contract_id in ids:
        order = {**order_in(market), "contract_id": contract_id, "price": 5_000, "quantity": 10_000}
        ben.ok("POST", "/v3/orders/", order)
        ada.ok("POST", "/v3/orders/", {**order, "side": "sell"})
    assert ada.ok("GET", "/v3/accounts/")["account"]["exposure"] == "0.50"
    world.staff.ok("PATCH", f"/v3/markets/{market['id']}/", {"state": "closed"})
    settled = settle(world, market, winners=[ids[2], ids[1]])
    assert [contract["payout"] for contract in settled["contracts"]] == [0, 10_000, 10_000]
    balances = [visitor.ok("GET", "/v3/accounts/")["account"]["balance"] for visitor in (ada, ben)]
    assert balances == ["999.50", "1000.50"]


def void(world: World, market: Json, contract: int) -> Json:
    contract_id = market["contracts"][contract]["id"]
    path = f"/v3/markets/{market['id']}/contracts/{contract_id}/void/"
    return world.staff.ok("PUT", path, {"reason": "It broke its mast."})["market"]


def test_a_contract_that_is_voided_gives_back_its_stakes(world: World) -> None:
    market = world.market("Gulls", "Herons", "Terns")
    gulls, herons, terns = (contract["id"] for contract in market["contracts"])
    path = f"/v3/markets/{market['id']}/"
    ada, ben = world.member("ada"), world.member("ben")
    for contract_id in (gulls, herons):
        order = {**order_in(market), "contract_id": contract_id}
        ada.ok("POST", "/v3/orders/", order)
        ben.ok("POST", "/v3/orders/", order | {"side": "sell"})
    resting = ben.ok("POST", "/v3/orders/", order_in(market, side="sell", price=9_000))["order_id"]
    before = world.anyone.ok("GET", path)["markets"][0]["version"]
    voided = void(world, market, 0)
    outcomes = [contract["state_or_outcome"] for contract in voided["contracts"]]
    assert (voided["state"], outcomes) == ("open", ["voided", "open", "open"])
    assert voided["version"] == before + 1
    assert void(world, market, 0) == voided
    assert world.anyone.ok("GET", f"{path}contracts/")["contracts"] == voided["contracts"]
    assert world.anyone.ok("GET", path)["markets"][0]["version"] == before + 1
    cancelled = ben.ok("GET", f"/v3/orders/{resting}/")["order"]
    assert (cancelled["state"], cancelled["cancel_reason"]) == ("cancelled", "contract-voided")
    states = {order["contract_id"]: order["state"] for order in ada.ok("GET", "/v3/orders/")["orders"]}
    assert states == {gulls: "voided", herons: "filled"}
    assert ada.ok("GET", "/v3/accounts/")["account"]["exposure"] == "0.50"
    first, second = ada.ok("GET", "/v3/positions/")["positions"]
    assert (first["contract_voided"], first["profit_or_loss"]) == (True, {"winner": "0.00", "loser": "0.00"})
    assert (second["contract_voided"], second["profit_or_loss"]["loser"]) == (False, "-0.50")
    result = ada.post("/v3/orders/", order_in(market))
    assert (result.status_code, result.json["error_type"]) == (409, "CONTRACT_VOIDED")
    (news,) = [each for each in world.anyone.ok("GET", f"{path}news/")["news"] if "contract_id" in each]
    assert (news["type"], news["contract_id"], news["reason"]) == (
        "contract_voided",
        gulls,
        "It broke its mast.",
    )
    feed = world.anyone.get(f"{path}news/", accept="application/atom+xml").text
    assert "Winner: contract voided. Gulls. It broke its mast." in feed
    world.staff.ok("PATCH", path, {"state": "halted"})
    world.staff.ok("PATCH", path, {"state": "closed"})
    settled = settle(world, market, winners=[terns])
    shown = [(contract["state_or_outcome"], contract["payout"]) for contract in settled["contracts"]]
    assert shown == [("voided", None), ("loser", 0), ("winner", 10_000)]
    assert world.anyone.ok("GET", f"{path}contracts/")["contracts"] == settled["contracts"]
    assert ada.ok("GET", "/v3/accounts/")["account"]["balance"] == "999.50"


def test_which_contracts_can_be_voided(world: World) -> None:
    market, draft = world.market(), world.market("Gulls", "Herons", "Terns", state="draft")
    body = {"reason": "It broke its mast."}
    places = [
        (f"/v3/markets/{market['id']}/contracts/{market['contracts'][0]['id']}/void/", 409),
        (f"/v3/markets/{draft['id']}/contracts/{draft['contracts'][0]['id']}/void/", 409),
        (f"/v3/markets/{market['id']}/contracts/99/void/", 404),
        (f"/v3/markets/{market['id']}/contracts/x/void/", 404),
        ("/v3/markets/99/contracts/1/void/", 404),
    ]
    for place, status in places:
        assert world.staff.send("PUT", place, body).status_code == status, place
    result = world.staff.send("PUT", places[0][0], {"reason": ""})
    assert (result.status_code, result.json["errors"][0]["field"]) == (422, "reason")


def test_a_correction_after_a_withdrawal_leaves_a_debt(world: World) -> None:
    market = world.market()
    gulls, herons = (contract["id"] for contract in market["contracts"])
    ada, ben = world.member("ada"), world.member("ben")
    ada.ok("POST", "/v3/orders/", order_in(market))
    ben.ok("POST", "/v3/orders/", order_in(market, side="sell"))
    world.staff.ok("PATCH", f"/v3/markets/{market['id']}/", {"state": "closed"})
    settle(world, market, winners=[gulls])
    world.staff.ok("POST", "/v3/accounts/ada/withdrawals/", {"amount": "1000.50"})
    settle(world, market, winners=[herons])
    account = ada.ok("GET", "/v3/accounts/")["account"]
    assert (account["balance"], account["available_balance"]) == ("-1.00", "-1.00")
    statement = ada.ok("GET", "/v3/accounts/activity/")["activity"]
    assert [(each["amount"], each["balance"]) for each in statement][-1] == ("-1.00", "-1.00")
    other = world.market()
    result = ada.post("/v3/orders/", order_in(other))
    assert (result.status_code, result.json["error_type"]) == (422, "INSUFFICIENT_FUNDS")
    result = world.staff.send("POST", "/v3/accounts/ada/withdrawals/", {"amount": "0.01"})
    assert (result.status_code, result.json["error_type"]) == (422, "INSUFFICIENT_FUNDS")
    world.staff.ok("POST", "/v3/accounts/ada/deposits/", {"amount": "2.00"})
    assert ada.ok("POST", "/v3/orders/", order_in(other))["state"] == "created"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "reason"),
        ({"winners": ["1"]}, "reason"),
        ({"winners": ["1"], "reason": ""}, "reason"),
        ({"winners": ["1"], "reason": "x" * 1001}, "reason"),
        ({"reason": "x"}, "winners"),
        ({"dead_heat": ["1", "2"], "void": True, "reason": "x"}, "winners"),
        ({"winners": ["1"], "dead_heat": ["1", "2"], "reason": "x"}, "winners"),
        ({"dead_heat": ["1"], "reason": "x"}, "dead_heat"),
        ({"dead_heat": ["1", "9"], "reason": "x"}, "dead_heat"),
        ({"winners": [], "reason": "x"}, "winners"),
        ({"winners": ["1"], "void": True, "reason": "x"}, "winners"),
        ({"winners": ["1", "2"], "reason": "x"}, "winners"),
        ({"winners": ["9"], "reason": "x"}, "winners"),
        ({"winners": ["x"], "reason": "x"}, "winners[0]"),
        ({"winners": "1", "reason": "x"}, "winners"),
        ({"void": 1, "reason": "x"}, "void"),
    ],
)
def test_what_a_settlement_may_be(world: World, body: dict[str, object], field: str) -> None:
    market = world.market(state="closed")
    result = world.staff.send("PUT", f"/v3/markets/{market['id']}/settlement/", body)
    assert (result.status_code, result.json["errors"][0]["field"]) == (422, field)
    assert world.anyone.ok("GET", f"/v3/markets/{market['id']}/")["markets"][0]["state"] == "closed"


def test_a_market_that_trades_is_not_settled(world: World) -> None:
    market = world.market()
    path = f"/v3/markets/{market['id']}/settlement/"
    result = world.staff.send("PUT", path, {"winners": ["1"], "reason": "too early"})
    assert (result.status_code, result.json["error_type"]) == (409, "MARKET_STATE_NOT_ALLOWED")


@pytest.mark.parametrize("market_id", ["9", "x", "0", "1,2"])
def test_a_market_that_is_not_there_is_404(world: World, market_id: str) -> None:
    path = f"/v3/markets/{market_id}/"
    assert world.staff.send("PATCH", path, {"state": "open"}).status_code == 404
    body = {"winners": ["1"], "reason": "x"}
    assert world.staff.send("PUT", f"{path}settlement/", body).status_code == 404
    if "," not in market_id:
        for view in ("", "contracts/", "quotes/", "executions/", "last_executed_prices/", "volumes/"):
            assert world.anyone.get(f"{path}{view}").status_code == 404


def test_only_staff_runs_markets(world: World) -> None:
    body, ada = asked(world), world.member("ada")
    path = f"/v3/markets/{world.market()['id']}/"
    for visitor, status in ((ada, 403), (world.anyone, 401)):
        assert visitor.post("/v3/markets/", body).status_code == status
        assert visitor.send("PATCH", path, {"state": "halted"}).status_code == status
        settlement = {"void": True, "reason": "x"}
        assert visitor.send("PUT", f"{path}settlement/", settlement).status_code == status


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["1", "2", "3"]),
        ("?sort=-id&limit=1", ["3"]),
        ("?sort=event_id,display_order", ["1", "2", "3"]),
        ("?states=draft", ["2"]),
        ("?states=open,draft", ["1", "2", "3"]),
        ("?event_ids=2", ["2"]),
        ("?event_ids=3,1&states=open", ["1", "3"]),
        ("?ids=3,9,1", ["3", "1"]),
        ("?ids=3&ids=1&states=draft", []),
    ],
)
def test_markets_are_filtered_and_sorted(world: World, query: str, expected: list[str]) -> None:
    for state in ("open", "draft", "open"):
        world.market(state=state)
    answer = world.anyone.ok("GET", f"/v3/markets/{query}")
    assert [market["id"] for market in answer["markets"]] == expected


@pytest.mark.parametrize("query", ["states=sunny", "event_ids=x", "ids=0", "limit=-1", "sort=volume"])
def test_a_wrong_parameter_is_named(world: World, query: str) -> None:
    result = world.anyone.get(f"/v3/markets/?{query}")
    assert result.status_code == 422
    assert result.json["errors"][0]["field"].startswith(query.partition("=")[0])


def test_several_markets_come_in_the_order_asked_and_unknown_ones_are_left_out(world: World) -> None:
    first, second = world.market(), world.market()
    path = f"/v3/markets/{second['id']},99,x,{first['id']}/"
    for view, key in (("", "id"), ("contracts/", "market_id"), ("volumes/", "market_id")):
        (shown,) = world.anyone.ok("GET", f"{path}{view}").values()
        assert list(dict.fromkeys(item[key] for item in shown)) == [second["id"], first["id"]]
    assert world.anyone.ok("GET", "/v3/markets/98,99/") == {"markets": []}


def test_too_many_ids_are_422(world: World) -> None:
    ids = ",".join(str(number) for number in range(1, 102))
    for path in (f"/v3/markets/{ids}/", f"/v3/markets/?ids={ids}", f"/v3/events/{ids}/markets/"):
        assert world.anyone.get(path).status_code == 422


def test_volumes_are_shown_when_asked_for(world: World) -> None:
    market = world.market()
    path = f"/v3/markets/{market['id']}/"
    assert "volume" not in world.anyone.ok("GET", path)["markets"][0]
    assert world.anyone.ok("GET", f"{path}?with_volumes=true")["markets"][0]["volume"] == 0
    assert world.anyone.ok("GET", "/v3/markets/?with_volumes=True")["markets"][0]["volume"] == 0
