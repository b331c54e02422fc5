"""Owns the tests of challenges over HTTP: offered, found, accepted, declined, withdrawn, expired.

Never tests the ladder of guards: the machines' tests do.
Called by pytest.
"""

from typing import NamedTuple

import feedparser
import pytest

from resources import challenges
from tests.resources.browsing import Browser, Page
from tests.resources.world import PASSWORD, Json, Visitor, World, challenge_in, order_in


class Ring(NamedTuple):
    """Three members with money, and a market in which ada challenges."""

    world: World
    market: Json
    ada: Visitor
    ben: Visitor
    cleo: Visitor

    def offer(self, **fields: object) -> Json:
        return self.ada.ok("POST", "/v3/challenges/", challenge_in(self.market, **fields))["challenge"]

    def change(self, visitor: Visitor, challenge: Json, state: str, **fields: object) -> Json:
        body = {"state": state, **fields}
        return visitor.ok("PATCH", f"/v3/challenges/{challenge['id']}/", body)["challenge"]

    def available(self, visitor: Visitor) -> str:
        return str(visitor.ok("GET", "/v3/accounts/")["account"]["available_balance"])


@pytest.fixture
def ring(world: World) -> Ring:
    market = world.market()
    return Ring(world, market, *(world.member(name) for name in ("ada", "ben", "cleo")))


def key_of(challenge: Json) -> str:
    return str(challenge["link"]).partition("?key=")[2]


def test_an_offer_is_answered_as_it_is_found(ring: Ring) -> None:
    result = ring.ada.post(
        "/v3/challenges/", challenge_in(ring.market, opponent="ben", message="I dare you.", quantity=100_000)
    )
    assert (result.status_code, result.headers["location"]) == (201, "/v3/challenges/16/")
    challenge = result.json["challenge"]
    assert (challenge["state"], challenge["stake"], challenge["opponent_stake"]) == (
        "offered",
        "4.00",
        "6.00",
    )
    assert (challenge["challenger"], challenge["opponent"]) == ("ada", "ben")
    assert "link" not in challenge
    for visitor in (ring.ada, ring.ben):
        assert visitor.ok("GET", "/v3/challenges/16/") == result.json
        assert visitor.ok("GET", "/v3/challenges/")["challenges"] == [challenge]
    assert ring.available(ring.ada) == "996.00"
    assert ring.cleo.get("/v3/challenges/16/").status_code == 404
    assert ring.cleo.ok("GET", "/v3/challenges/")["challenges"] == []


def test_who_is_named_accepts_and_both_have_the_trade(ring: Ring) -> None:
    offered = ring.offer(opponent="ben", quantity=100_000)
    accepted = ring.change(ring.ben, offered, "accepted")
    assert (accepted["state"], accepted["acceptor"]) == ("accepted", "ben")
    assert ring.ada.ok("GET", f"/v3/challenges/{offered['id']}/")["challenge"] == accepted
    executions = [visitor.ok("GET", "/v3/executions/")["executions"] for visitor in (ring.ada, ring.ben)]
    assert [(one["execution_id"], one["side"], one["role"]) for (one,) in executions] == [
        (accepted["execution"]["execution_id"], "buy", "maker"),
        (accepted["execution"]["execution_id"], "sell", "taker"),
    ]
    assert ring.ada.ok("GET", "/v3/positions/")["positions"][0]["quantity"] == 100_000
    assert (ring.available(ring.ada), ring.available(ring.ben)) == ("996.00", "994.00")


def test_the_orders_of_both_say_which_challenge_they_are_of(ring: Ring) -> None:
    offered = ring.offer(opponent="ben")
    ring.change(ring.ben, offered, "accepted")
    ring.ben.ok("POST", "/v3/orders/", order_in(ring.market))
    for visitor, ids in ((ring.ada, [offered["id"]]), (ring.ben, [None, offered["id"]])):
        orders = visitor.ok("GET", "/v3/orders/?sort=-created")["orders"]
        assert [each["challenge_id"] for each in orders] == ids
        one = visitor.ok("GET", f"/v3/orders/{orders[-1]['id']}/")["order"]
        assert one == orders[-1]
        for path in ("/v3/orders/", f"/v3/orders/{one['id']}/"):
            assert f'href="/v3/challenges/{offered["id"]}/"' in visitor.get(path, Accept="text/html").text


def test_it_is_in_nothing_that_is_public_of_the_market(ring: Ring) -> None:
    ring.change(ring.ben, ring.offer(opponent="ben"), "accepted")
    ring.offer()
    place = f"/v3/markets/{ring.market['id']}"
    contract_id = ring.market["contracts"][0]["id"]
    assert ring.cleo.ok("GET", f"{place}/quotes/")[contract_id] == {"bids": [], "offers": []}
    assert ring.cleo.ok("GET", f"{place}/executions/")["executions"] == []
    assert ring.cleo.ok("GET", f"{place}/?with_volumes=true")["markets"][0]["volume"] == 0
    assert "1000000000000016" not in ring.cleo.get(f"{place}/last_executed_prices/").text


def test_anyone_accepts_who_has_the_link(ring: Ring) -> None:
    offered = ring.offer()
    path = f"/v3/challenges/{offered['id']}/"
    assert ring.cleo.get(path).status_code == 404
    assert ring.cleo.send("PATCH", path, {"state": "accepted"}).status_code == 404
    for visitor in (ring.world.anyone, ring.cleo):
        seen = visitor.ok("GET", offered["link"])["challenge"]
        assert seen == {name: value for name, value in offered.items() if name != "link"}
    accepted = ring.change(ring.cleo, offered, "accepted", key=key_of(offered))
    assert accepted["acceptor"] == "cleo"
    assert ring.cleo.ok("GET", path)["challenge"] == accepted
    theirs = ring.ben.ok("GET", offered["link"])["challenge"]
    assert (theirs["state"], theirs["acceptor"], theirs["execution"]) == ("accepted", None, None)
    late = ring.ben.send("PATCH", path, {"state": "accepted", "key": key_of(offered)})
    assert (late.status_code, late.json["error_type"]) == (409, "TOO_LATE")


def test_the_link_itself_is_accepted(ring: Ring) -> None:
    offered = ring.offer()
    other = ring.offer()
    body = {"state": "accepted"}
    wrong = offered["link"].replace(key_of(offered), key_of(other))
    assert ring.cleo.send("PATCH", wrong, body).status_code == 404
    assert ring.cleo.send("PATCH", f"{offered['link']}x", body).status_code == 422
    assert ring.cleo.ok("PATCH", offered["link"], body)["challenge"]["acceptor"] == "cleo"


def test_the_opponent_declines_and_nobody_else(ring: Ring) -> None:
    offered = ring.offer(opponent="ben")
    path = f"/v3/challenges/{offered['id']}/"
    statuses = [
        visitor.send("PATCH", path, {"state": "declined"}).status_code
        for visitor in (ring.cleo, ring.ada, ring.ben, ring.ben)
    ]
    assert statuses == [404, 403, 200, 409]
    assert ring.ada.ok("GET", path)["challenge"]["state"] == "declined"
    assert ring.available(ring.ada) == "1000.00"


def test_its_challenger_withdraws_it_and_nobody_else(ring: Ring) -> None:
    offered = ring.offer(opponent="ben")
    path = f"/v3/challenges/{offered['id']}/"
    assert ring.ben.send("PATCH", path, {"state": "withdrawn"}).status_code == 403
    assert ring.change(ring.ada, offered, "withdrawn")["state"] == "withdrawn"
    assert ring.ada.send("PATCH", path, {"state": "withdrawn"}).status_code == 409
    assert ring.ben.ok("GET", path)["challenge"]["state"] == "withdrawn"
    assert ring.ben.send("PATCH", path, {"state": "accepted"}).status_code == 409


def test_nobody_accepts_their_own(ring: Ring) -> None:
    offered = ring.offer()
    result = ring.ada.send("PATCH", f"/v3/challenges/{offered['id']}/", {"state": "accepted"})
    assert (result.status_code, result.json["error_type"]) == (409, "CROSSED_SELF")


def test_its_time_ends_it(ring: Ring) -> None:
    offered = ring.offer(opponent="ben", expires_datetime="2026-06-01T00:00:00Z")
    ring.world.clock.now += 152 * 24 * 3600 * 1_000_000
    ring.world.exchange.tick()
    path = f"/v3/challenges/{offered['id']}/"
    ben = ring.world.sign_in("ben")
    assert ben.ok("GET", path)["challenge"]["state"] == "expired"
    assert ben.send("PATCH", path, {"state": "accepted"}).json["error_type"] == "TOO_LATE"
    assert ring.available(ring.world.sign_in("ada")) == "1000.00"


def test_a_halted_market_accepts_none_and_a_closed_one_cancels_it(ring: Ring) -> None:
    offered = ring.offer(opponent="ben")
    path = f"/v3/challenges/{offered['id']}/"
    place = f"/v3/markets/{ring.market['id']}/"
    ring.world.staff.ok("PATCH", place, {"state": "halted"})
    assert ring.ben.send("PATCH", path, {"state": "accepted"}).json["error_type"] == "MARKET_NOT_OPEN"
    ring.world.staff.ok("PATCH", place, {"state": "closed"})
    assert ring.ben.ok("GET", path)["challenge"]["state"] == "cancelled"
    assert ring.available(ring.ada) == ring.available(ring.ben) == "1000.00"


def test_a_list_is_asked_for_by_role_and_state(ring: Ring) -> None:
    first, second = ring.offer(opponent="ben"), ring.offer(opponent="ben")
    ring.change(ring.ben, first, "declined")
    asked = {
        "": [second["id"], first["id"]],
        "?role=opponent": [second["id"], first["id"]],
        "?role=challenger": [],
        "?states=declined": [first["id"]],
        "?states=offered,declined&limit=1": [second["id"]],
        "?sort=created": [first["id"], second["id"]],
    }
    for query, ids in asked.items():
        found = ring.ben.ok("GET", f"/v3/challenges/{query}")["challenges"]
        assert [each["id"] for each in found] == ids, query


def test_the_same_key_is_the_same_challenge(ring: Ring) -> None:
    body = challenge_in(ring.market, opponent="ben")
    results = [ring.ada.send("POST", "/v3/challenges/", body, {"Idempotency-Key": "k"}) for _ in range(2)]
    assert results[0].json == results[1].json
    assert len(ring.ada.ok("GET", "/v3/challenges/")["challenges"]) == 1


def test_a_feed_has_what_one_is_in(ring: Ring) -> None:
    offered = ring.offer(opponent="ben", message="I <dare> you.")
    ring.change(ring.ben, offered, "declined")
    feed = feedparser.parse(ring.ben.get("/v3/challenges/?format=atom").content)
    assert not feed.bozo
    (entry,) = feed.entries
    assert entry.id == f"urn:credence:challenge:{offered['id']}"
    assert entry.title == "ada challenges ben: declined"
    assert "I &lt;dare&gt; you." in entry.content[0].value or "I <dare> you." in entry.content[0].value


# While the market has not answered.


def test_what_its_market_has_not_answered_is_pending(ring: Ring) -> None:
    exchange = ring.world.exchange
    first, second = ring.offer(opponent="ben"), ring.offer(opponent="ben")
    stream = exchange.streams.of_market(int(ring.market["id"]))
    exchange.stop(stream)
    offered = ring.ada.post("/v3/challenges/", challenge_in(ring.market, opponent="ben"))
    assert (offered.status_code, offered.json["challenge"]["state"]) == (202, "pending")
    for visitor, challenge, state in ((ring.ben, first, "accepted"), (ring.ada, second, "withdrawn")):
        result = visitor.send("PATCH", f"/v3/challenges/{challenge['id']}/", {"state": state})
        assert (result.status_code, result.json["challenge"]) == (202, challenge)
        assert result.headers["location"] == f"/v3/challenges/{challenge['id']}/"
    exchange.restart(stream)
    states = {each["id"]: each["state"] for each in ring.ada.ok("GET", "/v3/challenges/")["challenges"]}
    assert states == {
        first["id"]: "accepted",
        second["id"]: "withdrawn",
        offered.json["challenge"]["id"]: "offered",
    }


def test_who_has_blocked_somebody_is_left_alone(ring: Ring, monkeypatch: pytest.MonkeyPatch) -> None:
    offered = ring.offer()
    monkeypatch.setattr(challenges, "may_challenge", lambda *_: False)
    refused = ring.ada.post("/v3/challenges/", challenge_in(ring.market, opponent="ben"))
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "opponent")
    body = {"state": "accepted", "key": key_of(offered)}
    assert ring.ben.send("PATCH", f"/v3/challenges/{offered['id']}/", body).status_code == 403
    assert ring.change(ring.ada, offered, "withdrawn")["state"] == "withdrawn"


# In a browser without JavaScript.


def browser_of(ring: Ring, username: str) -> Browser:
    browser = Browser(ring.world.client)
    form = browser.get("/v3/sessions/").form("Sign in")
    assert browser.submit(form, {"username": username, "password": PASSWORD}).status == 200
    return browser


def dare(ring: Ring, **given: str) -> Page:
    """Ada offers a challenge from the market's page."""
    ada = browser_of(ring, "ada")
    asked = {
        "contract_id": str(ring.market["contracts"][0]["id"]),
        "price": "40",
        "expires_datetime": "2026-06-01T12:00",
        **given,
    }
    return ada.submit(ada.get(f"/v3/markets/{ring.market['id']}/").form("Offer a challenge"), asked)


def test_one_is_offered_and_declined_on_pages(ring: Ring) -> None:
    page = dare(ring, opponent="ben", message="I <dare> you.")
    assert (page.path, page.heading) == ("/v3/challenges/16/", "ada challenges ben")
    assert "I <dare> you." in page.main
    assert [form.title for form in page.forms] == ["Withdraw the challenge"]
    ben = browser_of(ring, "ben")
    page = ben.get("/v3/challenges/16/")
    assert [form.title for form in page.forms] == ["Accept the challenge", "Decline"]
    page = ben.submit(page.form("Decline"), {})
    assert (page.path, page.forms) == ("/v3/challenges/16/", [])
    assert "Declined" in ben.get("/v3/challenges/").main


def test_one_is_accepted_by_its_link_on_its_page(ring: Ring) -> None:
    page = dare(ring)
    assert page.heading == "ada challenges anyone"
    link = ring.ada.ok("GET", "/v3/challenges/16/")["challenge"]["link"]
    assert link in page.main
    stranger = Browser(ring.world.client).get(link)
    assert (stranger.heading, stranger.forms) == ("ada challenges you", [])
    cleo = browser_of(ring, "cleo")
    page = cleo.submit(cleo.get(link).form("Accept the challenge"), {})
    assert (page.path, page.heading) == ("/v3/challenges/16/", "ada challenges cleo")
    page = browser_of(ring, "ada").get("/v3/challenges/")
    assert "ada to cleo" in page.main
