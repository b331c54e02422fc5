"""Owns the tests of changed passwords and of API keys, from making one to its end.

Never tests what a key looks like, or how long what an account said is believed.
Called by pytest.
"""

import re
from datetime import datetime, timedelta
from urllib.parse import urlencode

import pytest
from falcon import testing

from actors.machines import limits
from resources.app import create_app
from tests.resources.world import PASSWORD, STAFF_PASSWORD, Json, Visitor, World, order_in

NEW = "a newer password"
KEYS = "/v3/api_keys/"


def change(visitor: Visitor, **fields: object) -> testing.Result:
    """Ada's password, or what the fields make of that."""
    return visitor.send(
        "PUT", "/v3/members/ada/password/", {"password": PASSWORD, "new_password": NEW, **fields}
    )


def make_key(visitor: Visitor, scope: str = "trade", **fields: object) -> Json:
    return visitor.ok("POST", KEYS, {"name": "bot", "scope": scope, **fields})


def holder(world: World, key: Json, scheme: str = "Bearer") -> Visitor:
    """Somebody who shows the key with each request."""
    return KeyHolder(world, f"{scheme} {key['key']}")


class KeyHolder(Visitor):
    """A visitor with another header than that of a session."""

    def __init__(self, world: World, authorization: str) -> None:
        super().__init__(world.client)
        self._authorization = authorization

    def send(
        self, method: str, path: str, body: object = None, *rest: object, **more: object
    ) -> testing.Result:
        return super().send(method, path, body, {"Authorization": self._authorization})


# Passwords.


def test_a_changed_password_ends_every_session_but_the_one_it_begins(world: World) -> None:
    ada, elsewhere = world.member("ada"), world.sign_in("ada")
    assert elsewhere.get("/v3/accounts/").status_code == 200
    session = change(ada)
    assert session.status_code == 200
    for ended in (ada, elsewhere):
        assert ended.get("/v3/accounts/").status_code == 401
        assert ended.send("DELETE", "/v3/orders/").status_code == 401
        assert change(ended, new_password="yet another one").status_code == 401
    assert Visitor(world.client, session.json["token"]).get("/v3/accounts/").status_code == 200
    body = {"username": "ada", "password": PASSWORD}
    assert world.anyone.post("/v3/sessions/", body).status_code == 401
    assert world.sign_in("ada", NEW).get("/v3/accounts/").status_code == 200


@pytest.mark.parametrize(("kept", "status"), [({"keep_api_keys": True}, 200), ({}, 401)])
def test_api_keys_end_with_the_password_unless_they_are_kept(
    world: World, kept: dict[str, bool], status: int
) -> None:
    ada = world.member("ada")
    bot = holder(world, make_key(ada))
    assert bot.get("/v3/accounts/").status_code == 200
    assert change(ada, **kept).status_code == 200
    assert bot.get("/v3/accounts/").status_code == status
    assert bot.send("DELETE", "/v3/orders/").status_code == status


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"password": "not " + PASSWORD}, "password"),
        ({"password": ""}, "password"),
        ({"password": "x" * 1025}, "password"),
        ({"new_password": "short"}, "new_password"),
        ({"new_password": "x" * 1025}, "new_password"),
        ({"new_password": PASSWORD}, "new_password"),
        ({"new_password": None}, "new_password"),
        ({"keep_api_keys": "yes"}, "keep_api_keys"),
        ({"username": "ben"}, "username"),
    ],
)
def test_what_a_change_of_password_may_be(world: World, fields: dict[str, object], field: str) -> None:
    ada = world.member("ada")
    before = world.substance()
    result = change(ada, **fields)
    assert (result.status_code, result.json["errors"][0]["field"]) == (422, field)
    assert world.substance() == before
    assert ada.get("/v3/accounts/").status_code == 200


def test_nobody_changes_the_password_of_another(world: World) -> None:
    world.member("ada")
    assert change(world.member("ben")).status_code == 403
    assert change(world.staff, password=STAFF_PASSWORD).status_code == 403
    assert change(world.anyone).status_code == 401


def test_who_holds_a_session_can_not_guess_the_password_by_it(world: World) -> None:
    ada = world.member("ada")
    statuses = [
        change(ada, password=f"guess {number}").status_code
        for number in range(limits.WRONG_PASSWORDS_PER_USERNAME + 2)
    ]
    assert statuses == [422] * limits.WRONG_PASSWORDS_PER_USERNAME + [429] * 2
    assert change(ada).status_code == 429, "not even the right one, for a while"
    body = {"username": "ada", "password": PASSWORD}
    refused = world.anyone.post("/v3/sessions/", body)
    assert (refused.status_code, refused.json["error_type"]) == (429, "THROTTLE_EXCEEDED")
    assert int(refused.headers["retry-after"]) > 0
    assert ada.get("/v3/accounts/").status_code == 200, "who is signed in stays so"


def test_a_username_that_nobody_has_is_refused_after_as_many_guesses(world: World) -> None:
    world.member("ada")
    answers = {}
    for username in ("ada", "nobody"):
        body = {"username": username, "password": "a guess of mine"}
        results = [world.anyone.post("/v3/sessions/", body) for _ in range(12)]
        answers[username] = [(result.status_code, result.text) for result in results]
    assert answers["ada"] == answers["nobody"]


# API keys.


def test_a_key_is_shown_once(world: World) -> None:
    ada = world.member("ada")
    result = ada.post(KEYS, {"name": "bot", "scope": "read"})
    made = result.json
    assert (result.status_code, result.headers["cache-control"]) == (201, "no-store")
    assert result.headers["location"] == f"{KEYS}{made['api_key']['id']}/"
    assert re.fullmatch(rf"credence_{made['api_key']['id']}_[A-Za-z0-9_-]{{43}}", made["key"])
    shown = [ada.get(path).text for path in (KEYS, result.headers["location"])]
    secret = made["key"].rpartition("_")[2]
    assert not [text for text in shown if secret in text or "digest" in text]
    assert ada.ok("GET", KEYS) == {"api_keys": [made["api_key"]]}
    assert ada.ok("GET", result.headers["location"]) == {"api_key": made["api_key"]}


def test_a_key_lives_for_90_days_or_as_long_as_is_asked(world: World) -> None:
    ada = world.member("ada")
    usual = make_key(ada)["api_key"]
    created, expires = (datetime.fromisoformat(usual[name]) for name in ("created_datetime", "expires"))
    assert expires - created == timedelta(days=90)
    wanted = (created + timedelta(days=7)).isoformat()
    week = make_key(ada, expires=wanted)
    assert datetime.fromisoformat(week["api_key"]["expires"]) == created + timedelta(days=7)
    bot = holder(world, week)
    assert bot.get("/v3/accounts/").status_code == 200
    world.clock.now += 7 * limits.DAY_US
    assert bot.get("/v3/accounts/").status_code == 401
    assert bot.send("DELETE", "/v3/orders/").status_code == 401
    fresh = world.sign_in("ada")
    assert [key["id"] for key in fresh.ok("GET", KEYS)["api_keys"]] == [usual["id"]]


@pytest.mark.parametrize("scheme", ["Bearer", "Session-Token", "bearer"])
def test_a_trading_key_trades_and_reads(world: World, scheme: str) -> None:
    market = world.market()
    bot = holder(world, make_key(world.member("ada")), scheme)
    placed = bot.ok("POST", "/v3/orders/", order_in(market))
    order = f"/v3/orders/{placed['order_id']}/"
    assert bot.get(order).status_code == 200
    assert bot.send("DELETE", order).status_code == 200
    assert bot.send("POST", "/v3/orders/", [order_in(market)]).status_code == 200
    assert bot.send("DELETE", "/v3/orders/").status_code == 200
    for path in ("/v3/accounts/", "/v3/accounts/activity/", "/v3/executions/", "/v3/positions/", KEYS):
        assert bot.get(path).status_code == 200


def test_a_reading_key_does_no_command(world: World) -> None:
    market, ada = world.market(), world.member("ada")
    placed = ada.ok("POST", "/v3/orders/", order_in(market, price=100))
    bot = holder(world, make_key(ada, "read"))
    before = world.state_hashes()
    order = f"/v3/orders/{placed['order_id']}/"
    for method, path, body in (
        ("POST", "/v3/orders/", order_in(market)),
        ("POST", "/v3/orders/", [order_in(market)]),
        ("DELETE", "/v3/orders/", None),
        ("DELETE", order, None),
    ):
        assert bot.send(method, path, body).status_code == 403, (method, path)
    assert bot.get(order).status_code == 200
    assert world.state_hashes() == before


@pytest.mark.parametrize("scope", ["read", "trade"])
def test_no_key_touches_what_its_member_signs_in_by_or_does_work_of_staff(world: World, scope: str) -> None:
    ada = world.member("ada")
    key = make_key(ada, scope)
    bots = holder(world, key), holder(world, make_key(world.staff, scope))
    before = world.state_hashes()
    for bot in bots:
        for method, path, body in (
            ("POST", KEYS, {"name": "more", "scope": "read"}),
            ("DELETE", f"{KEYS}{key['api_key']['id']}/", None),
            ("PUT", "/v3/members/ada/password/", {"password": PASSWORD, "new_password": NEW}),
            ("DELETE", "/v3/sessions/", None),
            ("PATCH", "/v3/members/ada/", {"bio": "x"}),
            ("POST", "/v3/accounts/ada/deposits/", {"amount": "1.00"}),
            ("POST", "/v3/events/", {"name": "E", "type": "t", "start_datetime": "2026-05-17T14:00:00Z"}),
            ("PUT", "/v3/exchange/state/", {"state": "halted"}),
            ("PUT", "/v3/members/ada/roles/", {"roles": ["admin"], "reason": "why not"}),
            ("GET", "/v3/members/ada/roles/", None),
            ("GET", "/v3/staff/actions/", None),
        ):
            assert bot.send(method, path, body).status_code == 403, (method, path)
    assert world.state_hashes() == before


def test_a_revoked_key_is_none_at_once_and_others_go_on(world: World) -> None:
    ada = world.member("ada")
    first, second = make_key(ada), make_key(ada)
    bots = holder(world, first), holder(world, second)
    assert [bot.get("/v3/accounts/").status_code for bot in bots] == [200, 200]
    path = f"{KEYS}{first['api_key']['id']}/"
    assert ada.send("DELETE", path).status_code == 204
    assert [bot.get("/v3/accounts/").status_code for bot in bots] == [401, 200]
    assert bots[0].send("DELETE", "/v3/orders/").status_code == 401
    assert ada.send("DELETE", path).status_code == 404
    assert ada.get(path).status_code == 404


def test_signing_out_everywhere_leaves_keys_alone(world: World) -> None:
    ada = world.member("ada")
    bot = holder(world, make_key(ada))
    assert ada.send("DELETE", "/v3/sessions/").status_code == 204
    assert bot.get("/v3/accounts/").status_code == 200
    assert bot.send("DELETE", "/v3/orders/").status_code == 200


def test_keys_of_others_are_not_there(world: World) -> None:
    bens = make_key(world.member("ben"))
    ada = world.member("ada")
    path = f"{KEYS}{bens['api_key']['id']}/"
    assert ada.get(path).status_code == 404
    assert ada.send("DELETE", path).status_code == 404
    assert ada.ok("GET", KEYS) == {"api_keys": []}
    assert holder(world, bens).ok("GET", "/v3/accounts/")["account"]["username"] == "ben"


def test_a_key_is_of_one_member_whatever_id_it_is_given(world: World) -> None:
    adas, bens = make_key(world.member("ada")), make_key(world.member("ben"))
    secret = adas["key"].rpartition("_")[2]
    forged = {"key": f"credence_{bens['api_key']['id']}_{secret}"}
    assert holder(world, forged).get("/v3/accounts/").status_code == 401


def test_the_same_request_makes_one_key_and_is_answered_alike(world: World) -> None:
    ada = world.member("ada")
    headers = {"Idempotency-Key": "my first key"}
    body = {"name": "bot", "scope": "trade"}
    answers = []
    for _ in range(2):
        answers.append(ada.send("POST", KEYS, body, headers))
        world.clock.now += limits.DAY_US // 3
    first, again = answers
    assert (first.status_code, first.json) == (again.status_code, again.json) == (201, first.json)
    assert len(ada.ok("GET", KEYS)["api_keys"]) == 1
    assert holder(world, again.json).get("/v3/accounts/").status_code == 200
    other = ada.send("POST", KEYS, {"name": "bot", "scope": "read"}, headers)
    assert (other.status_code, other.json["error_type"]) == (422, "IDEMPOTENCY_KEY_REUSED")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"scope": "read"}, "name"),
        ({"name": " ", "scope": "read"}, "name"),
        ({"name": "x" * 65, "scope": "read"}, "name"),
        ({"name": "bot"}, "scope"),
        ({"name": "bot", "scope": "all"}, "scope"),
        ({"name": "bot", "scope": "read", "expires": "tomorrow"}, "expires"),
        ({"name": "bot", "scope": "read", "expires": "2020-01-01T00:00:00Z"}, "expires"),
        ({"name": "bot", "scope": "read", "expires": "2099-01-01T00:00:00Z"}, "expires"),
        ({"name": "bot", "scope": "read", "digest": "0" * 64}, "digest"),
    ],
)
def test_what_a_key_may_be(world: World, body: dict[str, object], field: str) -> None:
    ada = world.member("ada")
    before = world.substance()
    result = ada.post(KEYS, body)
    assert (result.status_code, result.json["errors"][0]["field"]) == (422, field)
    assert world.substance() == before


def test_there_is_a_limit_to_the_keys_of_a_member(world: World) -> None:
    ada = world.member("ada")
    for _ in range(limits.API_KEYS_PER_ACCOUNT_MAX):
        make_key(ada)
    refused = ada.post(KEYS, {"name": "bot", "scope": "read"})
    assert (refused.status_code, refused.json["error_type"]) == (422, "LIMIT_EXCEEDED")


# Another process of the web.


class Elsewhere:
    """A second process of the web over the same exchange: what the first one does, it has to find out."""

    def __init__(self, world: World) -> None:
        self._clock = world.clock
        app = create_app(world.exchange.gateway, world.documents, world.settings, world.clock)
        self._client = testing.TestClient(app)

    def reads(self, authorization: str, path: str = "/v3/accounts/") -> int:
        return self._client.simulate_get(path, headers={"Authorization": authorization}).status_code

    def commands(self, authorization: str) -> int:
        return self._client.simulate_delete(
            "/v3/orders/", headers={"Authorization": authorization}
        ).status_code

    def a_second_later(self) -> None:
        self._clock.now += 1_000_000


def test_what_ends_here_ends_everywhere_within_a_second_and_commands_with_it_at_once(world: World) -> None:
    elsewhere, ada = Elsewhere(world), world.member("ada")
    key, other = make_key(ada), make_key(ada)
    session = f"Session-Token {ada.token}"
    shown = [session, f"Bearer {key['key']}", f"Bearer {other['key']}"]
    assert [elsewhere.reads(each) for each in shown] == [200, 200, 200]
    ada.send("DELETE", f"{KEYS}{key['api_key']['id']}/")
    assert [elsewhere.commands(each) for each in shown] == [200, 401, 200]
    elsewhere.a_second_later()
    assert [elsewhere.reads(each) for each in shown] == [200, 401, 200]
    change(ada)
    assert [elsewhere.commands(each) for each in shown] == [401, 401, 401]
    elsewhere.a_second_later()
    assert [elsewhere.reads(each) for each in shown] == [401, 401, 401]


def test_a_role_is_held_and_lost_everywhere_within_a_second(world: World) -> None:
    elsewhere, ada = Elsewhere(world), world.member("ada")
    session, actions = f"Session-Token {ada.token}", "/v3/staff/actions/"
    assert elsewhere.reads(session, actions) == 403
    for roles, status in ((["operator"], 200), ([], 403)):
        body = {"roles": roles, "reason": "a drill"}
        world.staff.ok("PUT", "/v3/members/ada/roles/", body)
        elsewhere.a_second_later()
        assert elsewhere.reads(session, actions) == status


# A browser without JavaScript.


class Browser:
    """Forms, a cookie and nothing else."""

    def __init__(self, world: World) -> None:
        self._client = world.client
        self.cookies: dict[str, str] = {}

    def get(self, path: str) -> testing.Result:
        return self._ask("GET", path)

    def send(self, path: str, page: str, **fields: str) -> testing.Result:
        """A form of this page, filled in."""
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert token is not None, page
        return self._ask("POST", path, urlencode({"csrf_token": token[1], **fields}))

    def _ask(self, method: str, path: str, form: str | None = None) -> testing.Result:
        headers = {
            "Accept": "text/html",
            "Sec-Fetch-Site": "same-origin",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        result = self._client.simulate_request(method, path, headers=headers, body=form)
        self.cookies |= {name: cookie.value for name, cookie in result.cookies.items()}
        return result


def test_a_browser_is_shown_a_new_key_once(world: World) -> None:
    world.member("ada")
    browser = Browser(world)
    page = browser.get("/v3/sessions/").text
    browser.send("/v3/sessions/", page, username="ada", password=PASSWORD)
    page = browser.get(KEYS).text
    made = browser.send(KEYS, page, name="bot", scope="read")
    assert (made.status_code, made.headers["cache-control"]) == (201, "no-store")
    key = re.search(r"credence_[0-9]+_[A-Za-z0-9_-]{43}", made.text)
    assert key is not None
    assert "It is shown this once" in made.text
    listed = browser.get(KEYS).text
    assert key[0] not in listed
    assert re.search(r'<th scope="row"><a href="/v3/api_keys/[0-9]+/">bot</a></th>', listed)
    assert holder(world, {"key": key[0]}).get("/v3/accounts/").status_code == 200


# Secrets stay secret.


def test_nothing_that_members_sign_in_by_is_in_the_log_or_in_documents(world: World) -> None:
    ada = world.member("ada")
    key = make_key(ada)["key"]
    secret = key.rpartition("_")[2]
    holder(world, {"key": key}).ok("GET", "/v3/accounts/")
    session = change(ada, keep_api_keys=True).json["token"]
    change(Visitor(world.client, session), password="a wrong guess of it")
    rows = [row for name in world.exchange.streams.names for row in world.log.frames(name)]
    everything = b"\n".join(rows).decode(errors="replace")
    for word in (PASSWORD, NEW, "a wrong guess of it", secret, ada.token or "", session):
        assert word not in everything
    stored = world.documents.get_many(world.documents.identities(start="", end="z", limit=1_000))
    hashes = re.findall(r"\$argon2[^\"]+|[0-9a-f]{64}", everything)
    assert len(hashes) > 3, "hashes are in the log, and nowhere else"
    for word in (PASSWORD, NEW, secret, session, *hashes):
        assert word not in str(stored)
