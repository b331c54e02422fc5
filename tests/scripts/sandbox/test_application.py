"""Owns the tests of the sandbox as its users see it: seeded, reset, and at fault as it was told to be.

Never knows how the exchange inside is made.
Called by pytest.
"""

from contextlib import ExitStack, closing

import httpx
import pytest

from scripts.client import Client, OutcomeUnknownError, RefusedError
from scripts.client.operations import account, contracts, markets, orders, place_order, quotes
from scripts.client.shapes import NewOrder
from scripts.sandbox.application import Sandbox
from scripts.sandbox.beginning import URL
from scripts.sandbox.faults import FaultKind
from scripts.sandbox.fixtures import LocalSandbox
from scripts.sandbox.transport import InProcessTransport
from scripts.sandbox.world import PASSWORD

BID = NewOrder("1", "1", "buy", 1234, 10_000, reference_id="mine")


def everything_that_is_seen(sandbox: Sandbox) -> list[object]:
    transport = InProcessTransport(sandbox)
    try:
        with Client(URL, transport=transport) as client:
            client.sign_in("ada", PASSWORD)
            found = client.do(markets())
            ids = [market.id for market in found]
            return [
                found,
                client.do(contracts(*ids)),
                client.do(quotes(*ids)),
                client.do(account()),
                client.do(orders()),
                client.do(place_order(BID)),
                client.get("/accounts/activity/"),
            ]
    finally:
        transport.end()


def test_the_same_seed_gives_the_same_and_another_seed_another() -> None:
    with ExitStack() as stack:
        sandboxes = [stack.enter_context(closing(Sandbox(seed))) for seed in (7, 7, 8)]
        first, same, other = map(everything_that_is_seen, sandboxes)
    assert first == same
    assert first != other


def test_after_a_reset_everything_is_as_in_the_beginning() -> None:
    with closing(Sandbox(1)) as sandbox:
        began = sandbox.now
        before = everything_that_is_seen(sandbox)
        assert sandbox.now > began
        sandbox.reset()
        assert sandbox.now == began
        assert everything_that_is_seen(sandbox) == before


def count(client: Client) -> int:
    return sum(order.reference_id == "mine" for order in client.do(orders()))


@pytest.mark.parametrize(
    ("kind", "answer", "is_placed"),
    [
        (FaultKind.REQUEST_LOST, OutcomeUnknownError, False),
        (FaultKind.ANSWER_LOST, OutcomeUnknownError, True),
        (FaultKind.UNAVAILABLE, RefusedError, False),
        (FaultKind.THROTTLED, RefusedError, False),
        (FaultKind.UNKNOWN_NOT_DONE, OutcomeUnknownError, False),
        (FaultKind.UNKNOWN_DONE, OutcomeUnknownError, True),
    ],
)
def test_a_fault_is_what_it_says(
    sandbox: LocalSandbox, kind: FaultKind, answer: type[Exception], *, is_placed: bool
) -> None:
    with sandbox.client("ada", patience_s=-1) as client:
        sandbox.control.switch_on(kind, method="POST", path="/v3/orders")
        with pytest.raises(answer):
            client.do(place_order(BID))
        assert count(client) == is_placed
        assert sandbox.control.faults == ()


@pytest.mark.parametrize(("delay_ms", "is_waited_for"), [(999, True), (1_000, False)])
def test_a_late_answer_is_waited_for_or_not(
    sandbox: LocalSandbox, delay_ms: int, *, is_waited_for: bool
) -> None:
    with sandbox.client("ada", patience_s=-1) as client:
        sandbox.control.switch_on(FaultKind.ANSWER_LATE, path="/v3/orders", delay_ms=delay_ms)
        if is_waited_for:
            client.do(place_order(BID))
        else:
            with pytest.raises(OutcomeUnknownError, match="ReadTimeout"):
                client.do(place_order(BID))
        assert count(client) == 1


def test_a_market_is_halted_between_a_look_and_an_order(sandbox: LocalSandbox) -> None:
    with sandbox.client("ada") as client:
        sandbox.control.switch_on(FaultKind.MARKET_HALTED, method="POST", market_id="1")
        with pytest.raises(RefusedError) as refused:
            client.do(place_order(BID))
        assert refused.value.reason == "MARKET_NOT_OPEN"
        assert [market.id for market in client.do(markets(states=("halted",)))] == ["1"]


def test_while_markets_are_silent_an_order_is_accepted_and_pending(sandbox: LocalSandbox) -> None:
    with sandbox.client("ada", patience_s=-1) as client:
        sandbox.control.switch_on(FaultKind.MARKET_SILENT, method="POST")
        asked = place_order(BID)
        assert client.do(asked).state == "pending"
        # Once they speak again, the same operation is told.
        assert client.do(asked).state == "created"
        assert count(client) == 1


def test_what_is_refused_in_place_of_an_answer_says_when_to_come_back(sandbox: LocalSandbox) -> None:
    sandbox.control.switch_on(FaultKind.UNAVAILABLE)
    with httpx.Client(base_url=URL, transport=sandbox.transport) as http:
        refused = http.get("/v3/markets/")
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
        assert refused.json()["error_type"] == "SERVICE_TEMPORARILY_UNAVAILABLE"
        assert http.get("/v3/markets/").status_code == 200
