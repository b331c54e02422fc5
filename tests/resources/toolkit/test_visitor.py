"""Owns the tests of who may use a method, as one table.

Never identifies anybody.
Called by pytest.
"""

import pytest

from actors.machines.messages.words import Role, Scope
from resources.toolkit.visitor import Member, Who, why_not

ADA = Member(16, "ada", 1, staff=False)
STAFF = Member(32, "staff", 1, staff=True)
ADMIN = Member(48, "meg", 1, staff=False, roles=(Role.ADMIN,))
OPERATOR = Member(64, "olga", 1, staff=False, roles=(Role.OPERATOR,))
TREASURER = Member(80, "tom", 1, staff=False, roles=(Role.TREASURER,))
READING_KEY = Member(16, "ada", 1, staff=False, scope=Scope.READ, api_key_id=16)
TRADING_KEY = Member(16, "ada", 1, staff=False, scope=Scope.TRADE, api_key_id=32)
STAFFS_KEY = Member(32, "staff", 1, staff=True, scope=Scope.TRADE, api_key_id=48)

TABLE = [
    # who may read ("r"), and who may change ("c")
    (ADA, {Who.ANYONE: "rc", Who.MEMBER: "rc", Who.TRADER: "rc"}),
    (STAFF, dict.fromkeys(Who, "rc")),
    (ADMIN, dict.fromkeys(Who, "rc")),
    (OPERATOR, dict.fromkeys((Who.ANYONE, Who.MEMBER, Who.TRADER, Who.STAFF, Who.OPERATOR), "rc")),
    (TREASURER, dict.fromkeys((Who.ANYONE, Who.MEMBER, Who.TRADER, Who.STAFF, Who.TREASURER), "rc")),
    (READING_KEY, {Who.ANYONE: "rc", Who.MEMBER: "r", Who.TRADER: "r"}),
    (TRADING_KEY, {Who.ANYONE: "rc", Who.MEMBER: "r", Who.TRADER: "rc"}),
    (STAFFS_KEY, {Who.ANYONE: "rc", Who.MEMBER: "r", Who.TRADER: "rc"}),
]


@pytest.mark.parametrize(("member", "allowed"), TABLE)
def test_who_may_use_what(member: Member, allowed: dict[Who, str]) -> None:
    for who in Who:
        may = {
            letter
            for letter, reading in (("r", True), ("c", False))
            if why_not(who, member, reading=reading) is None
        }
        assert may == set(allowed.get(who, "")), who


def test_nobody_may_use_what_is_for_anyone() -> None:
    assert why_not(Who.ANYONE, None, reading=False) is None
    with pytest.raises(AssertionError, match="was refused before"):
        why_not(Who.MEMBER, None, reading=True)


def test_why_not_says_who_may() -> None:
    assert why_not(Who.TREASURER, OPERATOR, reading=False) == "This is for staff who move money."
    assert "API key of scope read" in (why_not(Who.TRADER, READING_KEY, reading=False) or "")


@pytest.mark.parametrize(
    ("member", "roles"),
    [
        (ADA, set()),
        (OPERATOR, {Role.OPERATOR}),
        (ADMIN, {Role.OPERATOR, Role.TREASURER, Role.ADMIN}),
        (STAFF, {Role.OPERATOR, Role.TREASURER, Role.ADMIN}),
        (STAFFS_KEY, set()),
    ],
)
def test_roles_are_held_by_people_and_not_by_keys(member: Member, roles: set[Role]) -> None:
    assert {role for role in (Role.OPERATOR, Role.TREASURER, Role.ADMIN) if member.holds(role)} == roles
