"""Owns the tests of what commands refuse at birth.

Never tests what a command leads to.
Called by pytest.
"""

import msgspec
import pytest

from actors.machines import limits
from actors.machines.messages.commands import (
    ChangeRoles,
    Command,
    CreateApiKey,
    CreateMarket,
    PlaceOrder,
    Request,
)
from actors.machines.messages.words import Role, Scope, Side

ORDER = ["PlaceOrder", 1, 1, "buy", 5000, 1]


def read(wire: object, kind: object = Command) -> object:
    return msgspec.json.decode(msgspec.json.encode(wire), type=kind)


@pytest.mark.parametrize(
    ("at", "value"),
    [
        (1, 0),
        (2, -1),
        (3, "hold"),
        (4, 0),
        (4, limits.PRICE_SCALE),
        (4, 50.5),
        (5, 0),
        (5, limits.QUANTITY_MAX + 1),
        (5, "1"),
    ],
)
def test_an_order_out_of_range_is_never_born(at: int, value: object) -> None:
    assert read(ORDER) == PlaceOrder(1, 1, Side.BUY, 5000, 1)
    with pytest.raises(msgspec.ValidationError):
        read([*ORDER[:at], value, *ORDER[at + 1 :]])


@pytest.mark.parametrize(
    ("time_in_force", "conditions", "born"),
    [
        ("good_til_date", [False, "cancel_taker", 7], True),
        ("good_til_date", [False, "cancel_taker", 0], False),
        ("good_til_date", [], False),
        ("good_til_halted", [False, "cancel_taker", 7], False),
        ("good_til_halted", [True, "cancel_maker"], True),
        ("fill_or_kill", [True], False),
        ("immediate_or_cancel", [True], False),
        ("immediate_or_cancel", [False, "cancel_maker", 0, 3], True),
        ("keep_in_play", [False, "cancel_both"], False),
        ("keep_in_play", [False, "cancel_maker", 0, -1], False),
    ],
)
def test_conditions_that_do_not_go_together_are_never_born(
    time_in_force: str, conditions: list[object], born: bool
) -> None:
    wire = [*ORDER, time_in_force, None, conditions]
    if born:
        assert isinstance(read(wire), PlaceOrder)
    else:
        with pytest.raises(msgspec.ValidationError):
            read(wire)


@pytest.mark.parametrize(
    "wire",
    [
        ["CancelReference", "x" * 65],
        ["Deposit", "alice", 0],
        ["Deposit", "alice", limits.DEPOSIT_MAX + 1],
        ["Deposit", "Alice", 1],
        ["CreateMarket", 1, "M", []],
        ["CreateMarket", 1, "", ["A"]],
        ["CreateMarket", 1, "M", ["A"] * (limits.CONTRACTS_PER_MARKET_MAX + 1)],
        ["CreateMarket", 1, "M", ["A"], 2],
        ["CreateMarket", 1, "M", ["A"], 1, "", limits.COMMISSION_MAX + 1],
        ["CreateMarket", 1, "M", ["A"], 1, "", 0, [[5, 4, 1]]],
        ["SettleMarket", 1, [1], False, ""],
    ],
)
def test_a_command_out_of_range_is_never_born(wire: list[object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        read(wire)


@pytest.mark.parametrize("count", [0, limits.BATCH_OPERATIONS_MAX + 1])
def test_a_request_has_as_many_commands_as_a_batch_may(count: int) -> None:
    with pytest.raises(msgspec.ValidationError):
        read(["Request", 1, 1, "POST /", "key", True, "print", [["CancelAll"]] * count], Request)


def test_defaults_are_the_plain_market() -> None:
    made = read(["CreateMarket", 1, "M", ["A", "B"]])
    assert made == CreateMarket(1, "M", ("A", "B"))


@pytest.mark.parametrize("scope", ["all", "write"])
def test_an_api_key_may_not_do_everything(scope: str) -> None:
    wire = ["CreateApiKey", "bot", "read", 1, "ab" * 32]
    assert read(wire) == CreateApiKey("bot", Scope.READ, 1, "ab" * 32)
    with pytest.raises(msgspec.ValidationError):
        read([*wire[:2], scope, *wire[3:]])


@pytest.mark.parametrize("digest", ["", "ab" * 31, "ab" * 33, "AB" * 32, "ab" * 31 + "a\n"])
def test_a_digest_is_256_bits_in_hex(digest: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        read(["CreateApiKey", "bot", "read", 1, digest])


@pytest.mark.parametrize("roles", [["staff"], ["member"], ["admin", "admin"], ["king"]])
def test_only_some_roles_are_granted_each_once(roles: list[str]) -> None:
    assert read(["ChangeRoles", "ada", ["admin", "operator"]]) == ChangeRoles(
        "ada", (Role.ADMIN, Role.OPERATOR)
    )
    with pytest.raises(msgspec.ValidationError):
        read(["ChangeRoles", "ada", roles])
