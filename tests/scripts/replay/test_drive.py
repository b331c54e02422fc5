"""Owns how a plan is sent: whose token, in which order, and what happens when an answer is not as planned.

Never needs an exchange: its answers are played.
Called by pytest.
"""

import pytest

from actors.machines.messages.words import Side
from scripts.client import Json
from scripts.replay import drive as driving
from scripts.replay.drive import ReplayError, drive
from scripts.replay.flow import Operation
from scripts.replay.plan import Request
from scripts.replay.venue import Member, Venue
from tests.scripts.replay.played import PlayedClient

VENUE = Venue("replay-1", "7", "8", [Member("a", "token-a", 0), Member("b", "token-b", 0)])
ORDER = Operation("A", 1, Side.BUY, 5000, 18)
CANCEL = Operation("C", 1, Side.BUY, 5000, 0)
PLACED: Json = {"status": 200, "state": "created"}
CANCELLED: Json = {"status": 200, "state": "cancelled"}
WAITING: Json = {"status": 202, "state": "pending"}


def playing(*answers: list[Json]) -> PlayedClient:
    waiting = list(answers)
    return PlayedClient(lambda _token, _path: {"results": waiting.pop(0)})


def test_each_request_is_its_members_and_comes_after_the_one_before() -> None:
    client = playing([PLACED, CANCELLED], [PLACED])
    advanced: list[int] = []
    count = drive(client, VENUE, [Request(0, [ORDER, CANCEL]), Request(1, [ORDER])], advanced.append)
    order = {
        "market_id": "7",
        "contract_id": "8",
        "side": "buy",
        "price": 5000,
        "quantity": 180_000,
        "reference_id": "1",
    }
    assert client.asked == [
        ("POST", "/orders/", [order, {"cancel_reference_id": "1"}], "replay-1/1"),
        ("POST", "/orders/", [order], "replay-1/2"),
    ]
    assert client.tokens == ["token-a", "token-b"]
    assert advanced == [2, 1]
    assert count == 2


def test_a_request_that_is_not_finished_is_asked_again_before_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(driving, "LOOK_AGAIN_S", 0)
    client = playing([PLACED, WAITING], [PLACED, WAITING], [PLACED, PLACED])
    drive(client, VENUE, [Request(0, [ORDER, ORDER])], lambda _done: None)
    assert [key for _, _, _, key in client.asked] == ["replay-1/1"] * 3


@pytest.mark.parametrize(
    ("operation", "result", "message"),
    [
        (ORDER, {"status": 422, "error_type": "INSUFFICIENT_FUNDS"}, "placing order 1: .*INSUFFICIENT_FUNDS"),
        (ORDER, CANCELLED, "placing order 1"),
        (CANCEL, {"status": 404, "error_type": "NOT_FOUND"}, "cancelling order 1: .*NOT_FOUND"),
        (CANCEL, {"status": 200, "state": "filled"}, "cancelling order 1"),
        (ORDER, WAITING, "placing order 1"),
    ],
)
def test_what_is_not_as_planned_ends_the_replay(
    operation: Operation, result: Json, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driving, "PATIENCE_S", 0)
    with pytest.raises(ReplayError, match=message):
        drive(playing([result]), VENUE, [Request(0, [operation])], lambda _done: None)
