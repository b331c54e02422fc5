"""Owns the tests of roles as members of staff meet them, and of the list of what staff did.

Never tests what a role allows beyond that: the table of permissions does.
Called by pytest.
"""

import pytest

from tests.resources.world import Json, Visitor, World, all_pages

ACTIONS = "/v3/staff/actions/"
EVENT = {"name": "E", "type": "t", "start_datetime": "2026-05-17T14:00:00Z"}


def give(world: World, username: str, *roles: str, by: Visitor | None = None) -> Json:
    body = {"roles": roles, "reason": f"{username} knows how"}
    return (by or world.staff).ok("PUT", f"/v3/members/{username}/roles/", body)


def may(visitor: Visitor) -> dict[str, bool]:
    """What somebody may do of what staff does."""
    asked = {
        "operator": visitor.post("/v3/events/", EVENT),
        "treasurer": visitor.post("/v3/accounts/ada/deposits/", {"amount": "1.00"}),
        "admin": visitor.get("/v3/members/ada/roles/"),
        "staff": visitor.get(ACTIONS),
    }
    assert {result.status_code for result in asked.values()} <= {200, 201, 403}
    return {role: result.status_code < 300 for role, result in asked.items()}


@pytest.mark.parametrize(
    ("roles", "allowed"),
    [
        ((), set()),
        (("operator",), {"operator", "staff"}),
        (("treasurer",), {"treasurer", "staff"}),
        (("admin",), {"operator", "treasurer", "admin", "staff"}),
    ],
)
def test_what_is_granted_and_withdrawn_is_so_at_once_for_who_is_signed_in(
    world: World, roles: tuple[str, ...], allowed: set[str]
) -> None:
    ada = world.member("ada")
    assert not any(may(ada).values())
    given = give(world, "ada", *roles)
    assert given == {"username": "ada", "staff": False, "roles": list(roles)}
    assert world.staff.ok("GET", "/v3/members/ada/roles/") == given
    assert {role for role, allows in may(ada).items() if allows} == allowed
    give(world, "ada")
    assert not any(may(ada).values())


def test_staff_from_the_first_start_may_everything_and_stays_so(world: World) -> None:
    world.member("ada")
    assert all(may(world.staff).values())
    shown = world.staff.ok("GET", "/v3/members/staff/roles/")
    assert shown == {"username": "staff", "staff": True, "roles": []}
    refused = world.staff.send(
        "PUT", "/v3/members/staff/roles/", {"roles": ["admin"], "reason": "to be sure"}
    )
    assert refused.status_code == 403


def test_an_admin_makes_others_admins_and_can_stop_being_one(world: World) -> None:
    ada = world.member("ada")
    world.member("ben")
    give(world, "ada", "admin")
    give(world, "ben", "admin", "operator", by=ada)
    assert give(world, "ada", by=ada)["roles"] == []
    refused = ada.send("PUT", "/v3/members/ada/roles/", {"roles": ["admin"], "reason": "again"})
    assert refused.status_code == 403


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"roles": ["staff"], "reason": "x"}, "roles[0]"),
        ({"roles": ["admin", "admin"], "reason": "x"}, "roles"),
        ({"roles": "admin", "reason": "x"}, "roles"),
        ({"roles": ["admin"]}, "reason"),
        ({"roles": ["admin"], "reason": " "}, "reason"),
        ({"roles": ["admin"], "reason": "x", "role": "staff"}, "role"),
    ],
)
def test_what_roles_may_be(world: World, body: dict[str, object], field: str) -> None:
    world.member("ada")
    before = world.substance()
    result = world.staff.send("PUT", "/v3/members/ada/roles/", body)
    assert (result.status_code, result.json["errors"][0]["field"]) == (422, field)
    assert world.substance() == before


def test_who_is_unknown_has_no_roles(world: World) -> None:
    path = "/v3/members/nobody/roles/"
    assert world.staff.get(path).status_code == 404
    assert world.staff.send("PUT", path, {"roles": ["admin"], "reason": "x"}).status_code == 404


def test_what_staff_did_is_listed_with_who_why_when_and_what_came_of_it(world: World) -> None:
    ada = world.member("ada")
    give(world, "ada", "operator")
    stop = {"state": "halted", "reason": "a drill"}
    ada.ok("PUT", "/v3/exchange/state/", stop)
    ada.ok("PUT", "/v3/exchange/state/", {"state": "open"})
    assert ada.send("PATCH", "/v3/markets/999/", {"state": "open"}).status_code == 404
    newest = ada.ok("GET", ACTIONS)["actions"]
    assert [(action["username"], action["action"], action["outcome"]) for action in newest] == [
        ("ada", "change-market-state", "refused"),
        ("ada", "change-exchange-state", "done"),
        ("ada", "change-exchange-state", "done"),
        ("staff", "change-roles", "done"),
        ("staff", "deposit", "done"),
    ]
    refused, _, halted, promoted, _ = newest
    assert refused["refusal"] == "There is no such market."
    assert (halted["reason"], halted["details"]) == ("a drill", {"state": "halted"})
    assert promoted["reason"] == "ada knows how"
    assert promoted["details"] == {"username": "ada", "roles": "operator"}
    assert newest == sorted(newest, key=lambda action: action["created_datetime"], reverse=True)


def test_the_list_is_paged_right_while_it_grows(world: World) -> None:
    for number in range(7):
        world.member(f"member{number}")
    whole = world.staff.ok("GET", ACTIONS)["actions"]
    first = world.staff.ok("GET", f"{ACTIONS}?limit=3")
    world.member("another")
    rest = all_pages(world.staff, ACTIONS, first["pagination"]["next_page"], "actions")
    assert [*first["actions"], *rest] == whole
    oldest_first = all_pages(world.staff, ACTIONS, "?limit=2&sort=created", "actions")
    assert oldest_first[:-1] == whole[::-1]


@pytest.mark.parametrize("sort", ["username", "-reason"])
def test_the_list_has_one_order(world: World, sort: str) -> None:
    result = world.staff.get(f"{ACTIONS}?sort={sort}")
    assert (result.status_code, result.json["errors"][0]["field"]) == (422, "sort")


def test_members_do_not_see_what_staff_did(world: World) -> None:
    assert world.member("ada").get(ACTIONS).status_code == 403
    assert world.anyone.get(ACTIONS).status_code == 401


def test_whatever_staff_does_has_its_reason_if_one_is_given(world: World) -> None:
    world.member("ada", money=None)
    why = iter(f"reason {number}" for number in range(20))
    staff = world.staff

    def because(**fields: object) -> Json:
        return {**fields, "reason": next(why)}

    event = staff.ok("POST", "/v3/events/", because(**EVENT))["event"]["id"]
    staff.ok("PATCH", f"/v3/events/{event}/", because(state="live"))
    made = because(event_id=event, name="Winner", contracts=[{"name": "Gulls"}])
    market = staff.ok("POST", "/v3/markets/", made)["market"]
    path = f"/v3/markets/{market['id']}/"
    for state in ("open", "halted", "closed"):
        staff.ok("PATCH", path, because(state=state))
    staff.ok("PUT", f"{path}settlement/", because(winners=[market["contracts"][0]["id"]]))
    staff.ok("PUT", "/v3/exchange/state/", because(state="halted"))
    staff.ok("PUT", "/v3/members/ada/roles/", because(roles=["operator"]))
    for move in ("deposits", "withdrawals"):
        staff.ok("POST", f"/v3/accounts/ada/{move}/", because(amount="1.00"))
    actions = staff.ok("GET", ACTIONS)["actions"]
    assert [action["reason"] for action in actions[::-1]] == [f"reason {n}" for n in range(11)]
    assert {action["outcome"] for action in actions} == {"done"}


def test_a_page_shows_money_only_to_who_moves_it_now(world: World) -> None:
    ben = world.member("ben")
    world.member("ada", money="123.45")

    def sees(visitor: Visitor) -> bool:
        return "123.45" in visitor.get("/v3/members/ada/", Accept="text/html").text

    assert (sees(world.staff), sees(ben), sees(world.anyone)) == (True, False, False)
    give(world, "ben", "treasurer")
    assert sees(ben)
    give(world, "ben")
    assert not sees(ben), "a role that was withdrawn"
    give(world, "ben", "treasurer")
    elsewhere = world.sign_in("ben")
    assert sees(elsewhere)
    assert ben.send("DELETE", "/v3/sessions/").status_code == 204
    assert not sees(elsewhere), "a session that has ended"
