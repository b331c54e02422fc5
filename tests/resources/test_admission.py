"""Owns the tests of who is let in when there is too much to do, as clients see it.

Never overloads anything: what is late is said by the test.
Called by pytest.
"""

import contextlib
from dataclasses import replace

import pytest
from falcon import testing

from actors.machines import limits
from actors.machines.messages.answers import Answer, Refused
from actors.machines.messages.words import Reason
from resources.admission import Limiters, MemberAdmission, Room
from resources.app import create_app
from resources.toolkit.problems import ProblemError
from resources.toolkit.rates import Rates
from resources.toolkit.visitor import Member
from tests.resources.scripted import ADA, STAFF, Stage, order_result
from tests.resources.world import Visitor, World, order_in


class Door:
    """The admission, and the room that there is."""

    def __init__(self, per_s: int = 1_000) -> None:
        self.room = Room(Rates(per_s, lambda: 0), Limiters(lambda: 0.0))
        self.admission = MemberAdmission(self.room)


def test_commands_to_a_stream_that_has_as_much_as_it_can_do_are_refused() -> None:
    door = Door()
    with contextlib.ExitStack() as stack:
        for _ in range(limits.ASKED_AT_ONCE_FIRST):
            door.admission.admit(ADA, "192.0.2.1", reading=False, cost=limits.COST_REQUEST)
            stack.enter_context(door.room.limiters.of(ADA.account_id).asked())
        with pytest.raises(ProblemError, match="more is asked for than can be done") as raised:
            door.admission.admit(ADA, "192.0.2.1", reading=False, cost=limits.COST_REQUEST)
        assert raised.value.kind.status == 503
        # Reading, staff, and the other stream are not concerned.
        door.admission.admit(ADA, "192.0.2.1", reading=True, cost=limits.COST_REQUEST)
        door.admission.admit(STAFF, "192.0.2.1", reading=False, cost=limits.COST_REQUEST)
        door.admission.admit(
            Member(17, "ben", 1, staff=False), "192.0.2.1", reading=False, cost=limits.COST_REQUEST
        )
    door.admission.admit(ADA, "192.0.2.1", reading=False, cost=limits.COST_REQUEST)


def test_a_member_has_a_rate_and_staff_has_none() -> None:
    door = Door(per_s=1)
    for _ in range(limits.MEMBER_BURST_S):
        door.admission.admit(ADA, "192.0.2.1", reading=True, cost=limits.COST_REQUEST)
    for reading in (True, False):
        with pytest.raises(ProblemError) as raised:
            door.admission.admit(ADA, "192.0.2.1", reading=reading, cost=limits.COST_REQUEST)
        assert raised.value.kind.status == 429
    for _ in range(10 * limits.MEMBER_BURST_S):
        door.admission.admit(STAFF, "192.0.2.1", reading=False, cost=limits.COST_REQUEST)


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


def test_a_host_that_has_no_room_refuses_the_whole_request() -> None:
    refused = Refused(Reason.UNAVAILABLE, "The market can't keep up.")
    stage = Stage(Answer((refused, refused), True, {}), Answer((order_result(),), True, {}))
    result = stage.visitor.send("DELETE", "/v3/orders/48/")
    assert (result.status_code, result.headers["retry-after"]) == (503, str(limits.RETRY_AFTER_S))
    assert stage.visitor.send("DELETE", "/v3/orders/48/").status_code == 200
