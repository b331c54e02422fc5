"""Owns the tests of who is let in when there is too much to do, as clients see it.

Never overloads anything: what is late is said by the test.
Called by pytest.
"""

import contextlib
from collections.abc import Mapping
from dataclasses import replace

import pytest
from falcon import testing
from msgspec import structs

from actors.machines import limits
from actors.machines.messages.answers import Answer, Refused
from actors.machines.messages.commands import (
    CancelAll,
    CancelOrder,
    CancelReference,
    Command,
    PlaceOrder,
)
from actors.machines.messages.words import Reason, Role, Scope, Side
from resources.admission import RatedAdmission, make_room
from resources.app import create_app
from resources.toolkit.problems import ProblemError
from resources.toolkit.visitor import Member
from tests.resources.scripted import ADA, STAFF, Stage, order_result
from tests.resources.world import PASSWORD, Visitor, World, order_in

COST = limits.COST_REQUEST
HERE, THERE, ELSEWHERE = "127.0.0.1", "203.0.113.7", "203.0.113.8"


class Door:
    """The admission, and the room that there is; clocks stand still."""

    def __init__(self, per_s: int = 1_000, address_per_s: int = 1_000) -> None:
        self.room = make_room(per_s, address_per_s, lambda: 0, lambda: 0.0)
        self.admission = RatedAdmission(self.room)

    def admit(
        self, member: Member | None, address: str = THERE, *, reading: bool = True, cost: int = COST
    ) -> Mapping[str, str]:
        return self.admission.admit(member, address, reading=reading, cost=cost)

    def admitted(self, member: Member | None, address: str = THERE, cost: int = COST) -> int:
        """How often somebody is let in."""
        for number in range(100):
            try:
                self.admit(member, address, cost=cost)
            except ProblemError:
                return number
        return 100


def test_commands_to_a_stream_that_has_as_much_as_it_can_do_are_refused() -> None:
    door = Door()
    with contextlib.ExitStack() as stack:
        for _ in range(limits.ASKED_AT_ONCE_FIRST):
            door.admit(ADA, reading=False)
            stack.enter_context(door.room.limiters.of(ADA.account_id).asked())
        with pytest.raises(ProblemError, match="more is asked for than can be done") as raised:
            door.admit(ADA, reading=False)
        assert raised.value.kind.status == 503
        # Reading, staff, and the other stream are not concerned.
        door.admit(ADA, reading=True)
        door.admit(STAFF, reading=False)
        door.admit(Member(17, "ben", 1, staff=False), reading=False)
    door.admit(ADA, reading=False)


OPERATOR = Member(48, "olga", 1, staff=False, roles=(Role.OPERATOR,))
STAFFS_KEY = structs.replace(STAFF, scope=Scope.TRADE, api_key_id=16)


@pytest.mark.parametrize(
    ("member", "address", "cost", "often"),
    [
        (ADA, THERE, COST, limits.BURST_S),
        (ADA, HERE, COST, limits.BURST_S),
        (ADA, THERE, limits.COST_CANCEL, limits.BURST_S * COST // limits.COST_CANCEL),
        (STAFF, THERE, COST, 100),
        (OPERATOR, THERE, COST, 100),
        (STAFFS_KEY, THERE, COST, limits.BURST_S),
        (None, THERE, COST, 2 * limits.BURST_S),
        (None, HERE, COST, 100),
        (None, "", COST, 100),
    ],
)
def test_who_may_ask_how_often(member: Member | None, address: str, cost: int, often: int) -> None:
    assert Door(per_s=1, address_per_s=2).admitted(member, address, cost) == often


def test_members_and_addresses_do_not_share() -> None:
    door = Door(per_s=1, address_per_s=1)
    door.admitted(None, THERE)
    assert door.admitted(ADA, THERE) == limits.BURST_S
    assert door.admitted(None, ELSEWHERE) == limits.BURST_S


@pytest.mark.parametrize(("member", "name"), [(ADA, "member"), (None, "address")])
def test_who_is_let_in_is_told_what_is_left(member: Member | None, name: str) -> None:
    headers = Door(per_s=2, address_per_s=2).admit(member)
    assert headers["ratelimit-policy"] == f'"{name}";q={2 * limits.BURST_S};w={limits.BURST_S}'
    assert headers["ratelimit"].startswith(f'"{name}";r={2 * limits.BURST_S - 1};t=')


CANCELS: tuple[Command, ...] = (CancelOrder(1), CancelReference("x"), CancelAll()) * 10
ORDERS: tuple[Command, ...] = (PlaceOrder(1, 1, Side.BUY, 1, 1),) * 10


@pytest.mark.parametrize(
    ("member", "commands", "left"),
    [(ADA, ORDERS, 100 - 9), (ADA, CANCELS, 100 - 5), (ADA, ORDERS[:1], 100), (ADA, CANCELS[:3], 100)],
)
def test_what_a_batch_costs(member: Member, commands: tuple[Command, ...], left: int) -> None:
    door = Door(per_s=20)
    door.room.charge_batch(member, commands)
    assert door.admitted(member) == left


def test_a_batch_of_staff_costs_nothing() -> None:
    door = Door(per_s=20)
    door.room.charge_batch(STAFF, ORDERS * 10)
    assert door.admitted(structs.replace(STAFF, staff=False)) == 100


def test_every_item_of_a_batch_counts(world: World) -> None:
    token, market = world.member("ada").token, world.market()
    slow = replace(world.settings, member_rate=10)
    app = create_app(world.exchange.gateway, world.documents, slow, world.clock)
    ada = Visitor(testing.TestClient(app), token)
    batch = [order_in(market, price=100)] * limits.BATCH_OPERATIONS_MAX
    assert ada.post("/v3/orders/", batch).status_code == 200
    before = world.substance()
    for refused in (ada.post("/v3/orders/", batch), ada.get("/v3/orders/")):
        assert (refused.status_code, refused.json["error_type"]) == (429, "THROTTLE_EXCEEDED")
        assert int(refused.headers["retry-after"]) >= 1
        assert refused.headers["ratelimit"].startswith('"member";r=0;t=')
    assert world.substance() == before


class Street:
    """The same exchange with a small rate for addresses, and visitors from anywhere."""

    def __init__(self, world: World, per_s: int) -> None:
        slow = replace(world.settings, address_rate=per_s)
        app = create_app(world.exchange.gateway, world.documents, slow, world.clock)
        self._client = testing.TestClient(app)

    def get(self, address: str, token: str | None = None) -> testing.Result:
        headers = {} if token is None else {"Authorization": f"Session-Token {token}"}
        return self._client.simulate_get("/v3/events/", headers=headers, remote_addr=address)

    def sign_in(self, address: str, username: str, password: str) -> int:
        body = {"username": username, "password": password}
        return self._client.simulate_post("/v3/sessions/", json=body, remote_addr=address).status_code


def test_who_is_not_signed_in_has_the_rate_of_the_address(world: World) -> None:
    street, ada = Street(world, per_s=1), world.member("ada")
    told = [street.get(THERE) for _ in range(limits.BURST_S + 1)]
    assert [result.status_code for result in told] == [200] * limits.BURST_S + [429]
    assert told[0].headers["ratelimit"].startswith(f'"address";r={limits.BURST_S - 1};t=')
    assert told[-1].json["error_type"] == "THROTTLE_EXCEEDED"
    assert int(told[-1].headers["retry-after"]) >= 1
    assert street.get(ELSEWHERE).status_code == 200
    assert street.get(THERE, ada.token).status_code == 200, "a member's rate is the member's"
    assert street.get(THERE, "not a token").status_code == 429
    assert {street.get(HERE).status_code for _ in range(3 * limits.BURST_S)} == {200}


def test_passwords_of_many_members_are_not_tried_out_from_one_address(world: World) -> None:
    street = Street(world, per_s=limits.RATE_PER_S_MAX)
    world.member("ada")
    for number in range(limits.WRONG_PASSWORDS_PER_ADDRESS):
        assert street.sign_in(THERE, f"member{number}", PASSWORD) == 401
    assert street.sign_in(THERE, "ada", PASSWORD) == 429
    assert street.sign_in(ELSEWHERE, "ada", PASSWORD) == 200


def test_a_host_that_has_no_room_refuses_the_whole_request() -> None:
    refused = Refused(Reason.UNAVAILABLE, "The market can't keep up.")
    stage = Stage(Answer((refused, refused), True, {}), Answer((order_result(),), True, {}))
    result = stage.visitor.send("DELETE", "/v3/orders/48/")
    assert (result.status_code, result.headers["retry-after"]) == (503, str(limits.RETRY_AFTER_S))
    assert stage.visitor.send("DELETE", "/v3/orders/48/").status_code == 200
