"""Owns the tests of who may do what, as tables.

Never sends a command.
Called by pytest.
"""

from typing import get_args

import pytest

from actors.machines.account_stream.permissions import ROLE_OF, SCOPE_OF, covers, may, scope_of
from actors.machines.messages.commands import (
    CancelAll,
    ChallengeCommand,
    ChangeProfile,
    Command,
    OrderCommand,
    StaffCommand,
)
from actors.machines.messages.comments import CommentStaffCommand
from actors.machines.messages.words import Role, Scope

EVERY_COMMAND = get_args(Command)


@pytest.mark.parametrize(
    ("held", "operator", "treasurer", "admin"),
    [
        ((), False, False, False),
        ((Role.OPERATOR,), True, False, False),
        ((Role.TREASURER,), False, True, False),
        ((Role.OPERATOR, Role.TREASURER), True, True, False),
        ((Role.ADMIN,), True, True, True),
    ],
)
def test_what_roles_allow(
    held: tuple[Role, ...],
    operator: bool,
    treasurer: bool,
    admin: bool,
) -> None:
    needed = (Role.OPERATOR, Role.TREASURER, Role.ADMIN)
    assert tuple(may(False, held, role) for role in needed) == (operator, treasurer, admin)
    assert all(may(True, held, role) for role in needed), "staff is all of it"


def test_every_command_of_staff_takes_a_role_and_no_other_does() -> None:
    assert set(ROLE_OF) == {*get_args(StaffCommand), *get_args(CommentStaffCommand)}


def test_api_keys_carry_out_orders_and_challenges_and_nothing_else() -> None:
    assert set(SCOPE_OF) == {*get_args(OrderCommand), *get_args(ChallengeCommand)}
    assert set(SCOPE_OF) < set(EVERY_COMMAND)
    assert (scope_of(CancelAll()), scope_of(ChangeProfile())) == (Scope.TRADE, Scope.ALL)


@pytest.mark.parametrize(
    ("scope", "enough_for"),
    [
        (Scope.READ, {Scope.READ}),
        (Scope.TRADE, {Scope.READ, Scope.TRADE}),
        (Scope.ALL, {Scope.READ, Scope.TRADE, Scope.ALL}),
    ],
)
def test_what_scopes_include(scope: Scope, enough_for: set[Scope]) -> None:
    assert {needed for needed in Scope if covers(scope, needed)} == enough_for
