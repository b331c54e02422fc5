"""Owns the tests of registration, profiles, and signing in and out.

Never tests hashing or tokens alone.
Called by pytest.
"""

import pytest

from tests.resources.scripted import Stage
from tests.resources.world import PASSWORD, STAFF_PASSWORD, Visitor, World


def test_who_registers_is_signed_in_at_once(world: World) -> None:
    body = {"username": "ada", "password": PASSWORD, "display_name": "Ada L."}
    result = world.anyone.post("/v3/members/", body)
    assert result.status_code == 201
    assert result.headers["location"] == "/v3/members/ada/"
    assert set(result.json) == {"member", "token", "expires", "account_id"}
    member = result.json["member"]
    assert (member["username"], member["display_name"], member["bio"]) == ("ada", "Ada L.", "")
    account = Visitor(world.client, result.json["token"]).ok("GET", "/v3/accounts/")["account"]
    assert (account["account_id"], account["balance"]) == (result.json["account_id"], "0.00")


def test_a_name_is_shown_as_the_username_if_none_is_given(world: World) -> None:
    world.member("ada", money=None)
    assert world.anyone.ok("GET", "/v3/members/ada/")["member"]["display_name"] == "ada"


def test_a_username_is_given_once(world: World) -> None:
    world.member("ada", money=None)
    result = world.anyone.post("/v3/members/", {"username": "ada", "password": PASSWORD})
    assert (result.status_code, result.json["error_type"]) == (409, "USERNAME_TAKEN")
    assert result.json["errors"][0]["field"] == "username"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"password": PASSWORD}, "username"),
        ({"username": "ab", "password": PASSWORD}, "username"),
        ({"username": "a" * 33, "password": PASSWORD}, "username"),
        ({"username": "Ada", "password": PASSWORD}, "username"),
        ({"username": "ada\n", "password": PASSWORD}, "username"),
        ({"username": "a da", "password": PASSWORD}, "username"),
        ({"username": 12345, "password": PASSWORD}, "username"),
        ({"username": "ada"}, "password"),
        ({"username": "ada", "password": "x" * 9}, "password"),
        ({"username": "ada", "password": "x" * 1025}, "password"),
        ({"username": "ada", "password": None}, "password"),
        ({"username": "ada", "password": PASSWORD, "display_name": "x" * 65}, "display_name"),
        ({"username": "ada", "password": PASSWORD, "display_name": "a\u0000b"}, "display_name"),
        ({"username": "ada", "password": PASSWORD, "staff": True}, "staff"),
    ],
)
def test_what_a_registration_may_be(world: World, body: dict[str, object], field: str) -> None:
    before = world.state_hashes()
    result = world.anyone.post("/v3/members/", body)
    assert (result.status_code, result.json["errors"][0]["field"]) == (422, field)
    assert world.state_hashes() == before


def test_a_profile_is_changed_by_its_member_and_what_is_left_out_stays(world: World) -> None:
    ada = world.member("ada", money=None)
    ada.ok("PATCH", "/v3/members/ada/", {"bio": "Sails.\nTrades."})
    changed = ada.ok("PATCH", "/v3/members/ada/", {"display_name": "Ada"})
    assert (changed["member"]["bio"], changed["member"]["display_name"]) == ("Sails.\nTrades.", "Ada")
    assert world.anyone.ok("GET", "/v3/members/ada/") == changed
    assert ada.ok("PATCH", "/v3/members/ada/", {}) == changed
    assert ada.ok("PATCH", "/v3/members/ada/", {"bio": ""})["member"]["bio"] == ""


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"bio": "x" * 1001}, "bio"),
        ({"bio": None}, "bio"),
        ({"bio": "\u0001"}, "bio"),
        ({"role": "staff"}, "role"),
    ],
)
def test_what_a_profile_may_be(world: World, body: dict[str, object], field: str) -> None:
    result = world.member("ada", money=None).send("PATCH", "/v3/members/ada/", body)
    assert (result.status_code, result.json["errors"][0]["field"]) == (422, field)


def test_nobody_changes_the_profile_of_another(world: World) -> None:
    world.member("ben", money=None)
    for visitor, status in ((world.member("ada", money=None), 403), (world.staff, 403), (world.anyone, 401)):
        assert visitor.send("PATCH", "/v3/members/ben/", {"bio": "x"}).status_code == status


@pytest.mark.parametrize("username", ["nobody", "x", "A", "%00", "a" * 300])
def test_an_unknown_member_is_404(world: World, username: str) -> None:
    assert world.anyone.get(f"/v3/members/{username}/").status_code == 404


def test_signing_in_gives_a_token_that_works(world: World) -> None:
    world.member("ada", money=None)
    session = world.anyone.ok("POST", "/v3/sessions/", {"username": "ada", "password": PASSWORD})
    assert set(session) == {"token", "expires", "account_id"}
    assert session["expires"] > "2026-01-14"
    account = Visitor(world.client, session["token"]).ok("GET", "/v3/accounts/")["account"]
    assert account["account_id"] == session["account_id"]


def test_a_wrong_password_and_an_unknown_name_are_told_alike(world: World) -> None:
    world.member("ada", money=None)
    answers = [
        world.anyone.post("/v3/sessions/", {"username": username, "password": password})
        for username, password in [("ada", "not " + PASSWORD), ("eve", PASSWORD), ("", ""), ("A\n", PASSWORD)]
    ]
    assert {result.status_code for result in answers} == {401}
    assert len({result.text for result in answers}) == 1


def test_what_can_not_be_a_username_is_not_asked_for() -> None:
    stage = Stage()
    result = stage.visitor.post("/v3/sessions/", {"username": "not one", "password": PASSWORD})
    assert (result.status_code, stage.gateway.asked) == (401, [])


def test_credentials_are_asked_of_the_actor_not_of_documents(world: World) -> None:
    world.follower.lags = True
    world.member("ada", money=None)
    assert world.sign_in("ada").token is not None


def test_signing_out_ends_every_session_at_once(world: World) -> None:
    ada, elsewhere = world.member("ada"), world.sign_in("ada")
    assert elsewhere.get("/v3/accounts/").status_code == 200
    assert ada.send("DELETE", "/v3/sessions/").status_code == 204
    for session in (ada, elsewhere):
        assert session.get("/v3/accounts/").status_code == 401
        assert session.send("DELETE", "/v3/orders/").status_code == 401
        assert session.send("DELETE", "/v3/sessions/").status_code == 401
    assert world.sign_in("ada").get("/v3/accounts/").status_code == 200


@pytest.mark.parametrize(
    "authorization", ["", "Session-Token", "Session-Token x.y.z", "Bearer {token}", "{token}"]
)
def test_a_token_that_is_none_is_401(world: World, authorization: str) -> None:
    token = world.staff.token or ""
    headers = {"Authorization": authorization.format(token=token)}
    result = world.anyone.send("GET", "/v3/accounts/", headers=headers)
    assert (result.status_code, result.json["error_type"]) == (401, "NOT_SIGNED_IN")
    assert result.headers["www-authenticate"] == "Session-Token, Bearer"


def test_a_token_expires(world: World) -> None:
    ada = world.member("ada", money=None)
    world.clock.now += 14 * 24 * 3600 * 1_000_000
    assert ada.get("/v3/accounts/").status_code == 401
    assert ada.send("DELETE", "/v3/orders/").status_code == 401


def test_staff_signs_in_like_everybody(world: World) -> None:
    assert world.sign_in("staff", STAFF_PASSWORD).ok("GET", "/v3/accounts/")["account"]["username"] == "staff"
