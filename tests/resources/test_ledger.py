"""Owns the tests of the reconciliation of a running exchange: what staff sees, and what is waited for.

Never tests the comparison itself: the tests of the queries do.
Called by pytest.
"""

from typing import cast

import msgspec
import pytest

from couch_views.shapes import document_id
from resources import ledger
from resources.answers.ledger import ReconciliationAnswer
from tests.couch_views.shelf import transaction
from tests.resources.toolkit.views import parsed_xml
from tests.resources.world import Json, Visitor, World, order_in

PATH = "/v3/ledger/reconciliation/"


@pytest.fixture
def traded(world: World) -> World:
    """A world in which money came, went, was traded with, settled and kept."""
    market = world.market(commission="0.02")
    maker, taker = world.member("maker"), world.member("taker", money="50.00000001")
    maker.ok("POST", "/v3/orders/", order_in(market, quantity=40_000))
    taker.ok("POST", "/v3/orders/", order_in(market, side="sell", quantity=40_000))
    world.staff.ok("PATCH", f"/v3/markets/{market['id']}/", {"state": "closed"})
    verdict = {"winners": [market["contracts"][0]["id"]], "reason": "first across the line"}
    world.staff.ok("PUT", f"/v3/markets/{market['id']}/settlement/", verdict)
    world.staff.ok("POST", "/v3/accounts/maker/withdrawals/", {"amount": "5.00"})
    return world


def pages(visitor: Visitor, query: str = "") -> list[Json]:
    """Every page from here on."""
    found = []
    following: str | None = query
    while following is not None:
        found.append(visitor.ok("GET", PATH + following))
        following = found[-1]["pagination"]["next_page"]
    return found


def accounts(found: list[Json]) -> list[Json]:
    return [account for page in found for account in page["reconciliation"]["accounts"]]


def test_every_account_is_compared_at_one_record(traded: World) -> None:
    found = pages(traded.staff)
    assert all(msgspec.convert(page, ReconciliationAnswer) == page for page in found)
    assert [page["reconciliation"]["ok"] for page in found] == [True, True]
    shown = accounts(found)
    assert [account["account"] for account in shown[:6]] == ["external", "commission", "clearing/1"] * 2
    members = {account["account"]: account for account in shown[6:]}
    assert len(members) == len(shown) - 6 == 3
    maker = members[f"account/{traded.sign_in('maker').ok('GET', '/v3/accounts/')['account']['account_id']}"]
    assert maker.pop("document_sequence") <= maker.pop("sequence")
    assert maker == {
        "account": maker["account"],
        "stream": maker["stream"],
        "balance": "996.96",
        "ledger_balance": "996.96",
        "document_balance": "996.96",
        "differences": [],
    }
    assert all(account["balance"] == account["ledger_balance"] for account in shown)
    assert {page["reconciliation"]["ledger_total"] for page in found} == {"0.00"}
    assert {page["reconciliation"]["transactions"] for page in found} == {5}


def test_pages_go_on_where_the_one_before_ended(traded: World) -> None:
    for number in range(20):
        traded.member(f"member{number}", money=None)
    found = pages(traded.staff, "?limit=16")
    assert len(found) == 3
    assert len(accounts(found)) == 6 + 3 + 20
    assert accounts(found) == accounts(pages(traded.staff))


def test_a_difference_is_told_where_it_is(traded: World) -> None:
    account_id = traded.sign_in("maker").ok("GET", "/v3/accounts/")["account"]["account_id"]
    document = cast("dict[str, object]", traded.documents.get(document_id("account", account_id)))
    traded.documents.bulk([{**document, "balance": "996.96000001"}])
    found = pages(traded.staff)
    assert [page["reconciliation"]["ok"] for page in found] == [True, False]
    (differing,) = [account for account in accounts(found) if account["differences"]]
    (difference,) = differing["differences"]
    assert difference.startswith(f"account/{account_id} of {differing['stream']} has 996.96 at record ")
    assert difference.endswith(", 996.96000001 in its document")


def test_documents_that_lag_are_waited_for_and_then_it_is_503(
    traded: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    traded.follower.lags = True
    traded.staff.ok("POST", "/v3/accounts/maker/deposits/", {"amount": "1.00"})
    with monkeypatch.context() as impatient:
        impatient.setattr(ledger, "_DOCUMENTS_WITHIN_S", 0.01)
        result = traded.staff.get(PATH + "?cursor=members-0")
    assert (result.status_code, result.headers["Retry-After"]) == (503, "1")
    traded.follower.lags = False
    traded.exchange.settle()
    assert traded.staff.ok("GET", PATH + "?cursor=members-0")["reconciliation"]["ok"] is True


def test_an_actor_that_is_away_is_503(traded: World) -> None:
    traded.exchange.stop("accounts-1")
    assert traded.staff.get(PATH).status_code == 503


@pytest.mark.parametrize(
    "query", ["?limit=15", "?limit=201", "?cursor=17", "?cursor=members-x", "?cursor=house-", "?cursor=a-1"]
)
def test_what_can_not_be_asked_for_is_422(traded: World, query: str) -> None:
    assert traded.staff.get(PATH + query).status_code == 422


def test_it_is_for_staff_alone(traded: World) -> None:
    assert traded.anyone.get(PATH).status_code == 401
    assert traded.sign_in("maker").get(PATH).status_code == 403


def test_its_page_shows_every_unit(traded: World) -> None:
    found = page_of(traded, PATH)
    assert "Nothing differs here" in found
    assert "The whole ledger: 5 transactions, in sum 0.00." in found
    assert "clearing/1" in found
    assert "-50.00000001" in found


def test_its_page_shows_what_differs(traded: World) -> None:
    account_id = traded.sign_in("maker").ok("GET", "/v3/accounts/")["account"]["account_id"]
    traded.documents.bulk([transaction(1, 0, {f"account/{account_id}": "0.00000001"}, "accounts-0")])
    found = page_of(traded, PATH + "?cursor=members-0")
    assert "Something differs." in found
    assert "The whole ledger sums to 0.00000001, not to zero." in found
    assert f"account/{account_id} of accounts-0 has 996.96 at record " in found


def page_of(world: World, path: str) -> str:
    """The text of the page, which is XML."""
    result = world.staff.get(path, Accept="application/xhtml+xml")
    assert result.status_code == 200
    return " ".join("".join(parsed_xml(result.content).itertext()).split())
