"""Owns the tests of the app as a whole: what bad input gets, whatever it is, and that nothing changes by it.

Never tests what good input gets: the resources' own tests do.
Called by pytest.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
import structlog
from falcon import testing
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from actors.processes.settings import Settings
from resources.app import create_app
from resources.exchange import Exchange
from resources.tokens import Tokens
from tests.resources.bad_inputs import BAD_INPUTS, ORDER, Bad
from tests.resources.scripted import ADA, NOW, NoDocuments, ScriptedGateway, Stage
from tests.resources.world import Json, Visitor, World, order_in

SESSION_LIFE_US: Final = 15 * 24 * 3600 * 1_000_000


class Setting:
    """Markets in every state, members with orders, and visitors of every kind."""

    def __init__(self, var: Path) -> None:
        self.world = world = World(var)
        for state in ("open", "halted", "closed"):
            world.market(state=state)
        settled = world.market(state="closed")
        body = {"winners": [settled["contracts"][0]["id"]], "reason": "It is over."}
        world.staff.ok("PUT", f"/v3/markets/{settled['id']}/settlement/", body)
        world.market(state="draft")
        world.market(price_ladder=[{"from": 100, "to": 900, "step": 100}])
        world.member("ada").ok("POST", "/v3/orders/", order_in(world.market()))
        world.member("ben").ok("POST", "/v3/orders/", order_in(world.market()))
        signed_out = world.member("cleo")
        signed_out.send("DELETE", "/v3/sessions/")
        client = world.client
        secret, then = world.settings.signing_secret(), world.clock.now - SESSION_LIFE_US
        self.visitors = {
            "anyone": world.anyone,
            "ada": world.sign_in("ada"),
            "staff": world.staff,
            "signed out": signed_out,
            "expired": Visitor(client, Tokens(secret, lambda: then).issue(ADA).text),
            "forger": Visitor(client, Tokens(b"not the secret", world.clock).issue(ADA).text),
        }


@pytest.fixture(scope="module")
def setting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Setting]:
    """One for all: whatever is refused changes nothing, so the next case finds it as it was."""
    made = Setting(tmp_path_factory.mktemp("var"))
    yield made
    made.world.close()


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Setting]:
    """One for what may succeed by chance, and so change something."""
    made = Setting(tmp_path_factory.mktemp("busy"))
    yield made
    made.world.close()


def check_problem(result: testing.Result) -> Json:
    """The problem document, as every refusal has one."""
    assert result.headers["content-type"] == "application/problem+json"
    problem = result.json
    assert {"type", "title", "status", "detail", "error_type"} <= set(problem)
    assert problem["status"] == result.status_code
    return problem


@pytest.mark.parametrize("bad", BAD_INPUTS)
def test_bad_input_is_told_what_is_wrong_and_changes_nothing(setting: Setting, bad: Bad) -> None:
    before = setting.world.substance()
    raw = bad.body if isinstance(bad.body, bytes) else None
    body = None if raw is not None else bad.body
    result = setting.visitors[bad.who].send(bad.method, bad.path, body, dict(bad.headers), raw=raw)
    problem = check_problem(result)
    assert (result.status_code, problem["error_type"]) == (bad.status, bad.error_type)
    if bad.field is not None:
        assert [error["field"] for error in problem["errors"]] == [bad.field]
    assert setting.world.substance() == before


@pytest.mark.parametrize(("market_id", "contract_id"), [("2", "3"), ("3", "5")], ids=["halted", "closed"])
def test_a_market_that_is_not_open_takes_no_order_and_no_money(
    setting: Setting, market_id: str, contract_id: str
) -> None:
    ada = setting.visitors["ada"]
    before = ada.ok("GET", "/v3/accounts/")
    quotes = ada.ok("GET", f"/v3/markets/{market_id}/quotes/")
    result = ada.post("/v3/orders/", ORDER | {"market_id": market_id, "contract_id": contract_id})
    assert (result.status_code, check_problem(result)["error_type"]) == (409, "MARKET_NOT_OPEN")
    assert ada.ok("GET", "/v3/accounts/") == before
    assert ada.ok("GET", f"/v3/markets/{market_id}/quotes/") == quotes
    (rejected,) = ada.ok("GET", f"/v3/orders/?market_ids={market_id}")["orders"]
    assert (rejected["state"], rejected["total_executed_quantity"]) == ("rejected", 0)


FIELDS: Final = (
    "market_id",
    "contract_id",
    "side",
    "price",
    "quantity",
    "type",
    "reference_id",
    "cancel",
    "cancel_reference_id",
    "username",
    "password",
    "display_name",
    "bio",
    "amount",
    "name",
    "start_datetime",
    "description",
    "state",
    "event_id",
    "contracts",
    "winner_count",
    "rules",
    "commission",
    "price_ladder",
    "from",
    "to",
    "step",
    "winners",
    "void",
    "reason",
)
LIKELY: Final = st.sampled_from(
    [
        "1",
        1,
        "5",
        5000,
        "buy",
        "sell",
        "open",
        "live",
        "100.00",
        "0.02",
        "2026-05-17T14:00:00Z",
        "ada",
        0,
        True,
    ]
)
ANYTHING: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | LIKELY,
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=8)
        | st.dictionaries(st.text(), inner, max_size=3)
    ),
    max_leaves=30,
)


RIGHT: Final[tuple[tuple[str, str, dict[str, object]], ...]] = (
    ("POST", "/v3/members/", {"username": "dora", "password": "x" * 10, "display_name": "Dora"}),
    ("PATCH", "/v3/members/ada/", {"display_name": "Ada", "bio": "Sails."}),
    ("POST", "/v3/sessions/", {"username": "ada", "password": "a wrong one"}),
    ("POST", "/v3/accounts/ada/deposits/", {"amount": "1.00"}),
    ("POST", "/v3/events/", {"name": "Cup", "type": "sailing", "start_datetime": "2026-05-17T14:00:00Z"}),
    ("PATCH", "/v3/events/1/", {"name": "Cup", "state": "live"}),
    (
        "POST",
        "/v3/markets/",
        {"event_id": "1", "name": "W", "contracts": [{"name": "A"}], "commission": "0.1"},
    ),
    ("PATCH", "/v3/markets/2/", {"state": "closed"}),
    ("PUT", "/v3/markets/3/settlement/", {"winners": ["5"], "reason": "It is over."}),
    ("POST", "/v3/orders/", ORDER | {"type": "immediate_or_cancel", "reference_id": "r"}),
)


def test_the_access_log_tells_what_was_answered_and_nothing_that_was_said(tmp_path: Path) -> None:
    app = create_app(
        ScriptedGateway(()),
        NoDocuments(),
        Settings(var=tmp_path, hashing_cost="cheap", secret="a secret of the tests only", access_log=True),
        lambda: NOW,
    )
    with capture_logs() as lines:
        testing.TestClient(app).simulate_get("/v3/events/", query_string="types=private")
    (line,) = lines
    assert isinstance(line.pop("took_us"), int)
    assert isinstance(line.pop("bytes"), int)
    assert line == {
        "event": "answered",
        "log_level": "info",
        "method": "GET",
        "path": "/v3/events/",
        "status": 200,
        "address": None,
    }


def test_what_nobody_foresaw_is_500_and_in_the_journal(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        message = "nobody foresaw this"
        raise RuntimeError(message)

    stage = Stage()
    monkeypatch.setattr(Exchange, "state", fail)
    with capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
        result = stage.visitor.get("/v3/exchange/state/")
    assert (result.status_code, check_problem(result)["error_type"]) == (500, "INTERNAL_ERROR")
    (line,) = lines
    assert line["request_id"] == result.headers["x-request-id"], "who reports it can be helped"
    assert (line["event"], line["path"], line["log_level"]) == (
        "request failed",
        "/v3/exchange/state",
        "error",
    )
    assert str(line["exc_info"]) == "nobody foresaw this"


COMMANDS: Final = (
    *((method, path) for method, path, _ in RIGHT),
    ("POST", "/v3/accounts/ada/withdrawals/"),
    ("DELETE", "/v3/orders/"),
    ("DELETE", "/v3/orders/17/"),
)
NEARLY_RIGHT: Final = st.builds(
    lambda right, field, value: (right[0], right[1], json.dumps({**right[2], field: value}).encode()),
    st.sampled_from(RIGHT),
    st.sampled_from(FIELDS),
    ANYTHING,
)
WRONG: Final = st.builds(
    lambda asked, body: (*asked, body),
    st.sampled_from(COMMANDS),
    ANYTHING.map(lambda value: json.dumps(value).encode()) | st.binary(max_size=100),
)


@hypothesis_settings(max_examples=600)
@given(st.sampled_from(["anyone", "ada", "staff"]), NEARLY_RIGHT | WRONG)
def test_whatever_is_sent_is_answered_and_a_refusal_changes_nothing(
    busy: Setting, who: str, sent: tuple[str, str, bytes]
) -> None:
    method, path, body = sent
    before = busy.world.substance()
    result = busy.visitors[who].send(method, path, raw=body)
    assert result.status_code < 500
    if result.status_code >= 400:
        problem = check_problem(result)
        # A market that isn't open rejects an order that its account has accepted: that order is history.
        assert problem["error_type"] == "MARKET_NOT_OPEN" or busy.world.substance() == before
    assert busy.world.exchange.problems == []


@hypothesis_settings(max_examples=200)
@given(
    st.sampled_from(["/v3/orders/", "/v3/markets/", "/v3/events/", "/v3/executions/", "/v3/positions/"]),
    st.lists(
        st.tuples(
            st.sampled_from(
                ["limit", "sort", "cursor", "states", "ids", "market_ids", "types", "with_volumes"]
            ),
            st.text(max_size=20) | st.integers().map(str) | st.sampled_from(["open", "True", "-id", "1,2"]),
        ),
        max_size=5,
    ),
)
def test_whatever_is_asked_for_is_answered(busy: Setting, path: str, query: list[tuple[str, str]]) -> None:
    result = busy.world.client.simulate_get(
        path,
        params=dict(query),
        headers={"Authorization": f"Session-Token {busy.visitors['ada'].token}"},
    )
    assert result.status_code in {200, 422}
    if result.status_code == 422:
        check_problem(result)
