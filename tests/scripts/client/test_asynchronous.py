"""Owns the tests of the client for an event loop: what holds for the blocking one holds for it.

Never needs a server: the sandbox is in the same process.
Called by pytest.
"""

import asyncio
import dataclasses

import pytest

from scripts.client import AsyncClient, AsyncTiming, OutcomeUnknownError, UnansweredError
from scripts.client.operations import account, cancel_all, orders, place_order, place_orders
from scripts.client.shapes import NewOrder
from scripts.sandbox.faults import FaultKind
from scripts.sandbox.fixtures import LocalSandbox, ServedSandbox
from scripts.sandbox.world import PASSWORD
from tests.scripts.client.losses import (
    DRIPPING,
    HALVES,
    LOSSES,
    PATIENT_S,
    TAKER,
    WHOLE,
    Unreachable,
    executed_once,
    switch_on,
)
from tests.scripts.client.played import broken_server, without_end


@pytest.mark.parametrize("kind", LOSSES)
async def test_an_order_is_carried_out_once_whatever_is_lost(sandbox: LocalSandbox, kind: FaultKind) -> None:
    switch_on(sandbox, [kind])
    async with await sandbox.async_client("cleo", patience_s=PATIENT_S) as client:
        order = await client.do(place_order(TAKER))
    assert order.total_executed_quantity > 0
    executed_once(sandbox)


async def test_an_order_that_was_given_up_can_be_carried_out_again(sandbox: LocalSandbox) -> None:
    switch_on(sandbox, [FaultKind.ANSWER_LOST])
    async with await sandbox.async_client("cleo", patience_s=-1) as client:
        asked = place_order(TAKER)
        with pytest.raises(OutcomeUnknownError):
            await client.do(asked)
        await client.do(asked)
    executed_once(sandbox)


async def test_a_connection_that_is_refused_is_tried_again(sandbox: LocalSandbox) -> None:
    timing = AsyncTiming(sandbox.waits.now, sandbox.waits.sleep_async)
    nobody = Unreachable(sandbox.transport, refusals=2)
    async with AsyncClient(sandbox.url, transport=nobody, timing=timing) as client:
        assert (await client.get("/"))["name"] == "Credence"
    async with AsyncClient(
        sandbox.url, -1, transport=Unreachable(sandbox.transport, refusals=1), timing=timing
    ) as client:
        with pytest.raises(UnansweredError, match="refused"):
            await client.get("/")


async def test_several_operations_are_under_way_at_a_time(sandbox: LocalSandbox) -> None:
    bids = [NewOrder("1", "1", "buy", price, 10_000) for price in range(100, 110)]
    async with await sandbox.async_client("cleo") as client:
        placed = await asyncio.gather(*(client.do(place_order(bid)) for bid in bids))
        assert len({order.order_id for order in placed}) == len(bids)
        assert len(await client.do(cancel_all("1"))) == len(bids)


async def test_a_program_signs_in_by_its_key(sandbox: LocalSandbox) -> None:
    async with await sandbox.async_client("ada") as ada:
        key = await ada.call("POST", "/api_keys/", {"name": "bot", "scope": "read"})
    async with await sandbox.async_client() as program:
        program.use_key(key["key"])
        assert (await program.do(account())).username == "ada"


@pytest.mark.parametrize("half", HALVES)
async def test_half_an_answer_is_none(half: bytes) -> None:
    with broken_server(half, WHOLE) as (url, keys):
        async with AsyncClient(url) as client:
            assert await client.call("POST", "/orders/", {"price": 1}, key="k") == {"order_id": "1"}
    assert keys == ["k", "k"]


@pytest.mark.parametrize(
    "endless", [DRIPPING, (b"", b"HTTP/1.1 100 Continue\r\n\r\n"), (b"HTTP/1.1 200 OK\r\n", b"a")]
)
async def test_an_answer_that_never_ends_is_given_up(endless: tuple[bytes, bytes]) -> None:
    with broken_server(without_end(*endless)) as (url, _):
        async with AsyncClient(url, patience_s=0, timeout_s=0.1) as client:
            with pytest.raises(OutcomeUnknownError, match="no whole answer"):
                await client.call("POST", "/orders/", {"price": 1})


async def test_a_list_is_read_to_its_end(sandbox: LocalSandbox) -> None:
    bids = [NewOrder("1", "1", "buy", 100 + number, 1_000) for number in range(7)]
    async with await sandbox.async_client("cleo") as client:
        await client.do(place_orders(bids))
        few = dataclasses.replace(orders(), path="/orders/?states=created&limit=3")
        assert tuple([each async for each in client.every(few)]) == await client.do(orders())


async def test_an_order_whose_task_was_cancelled_can_be_carried_out_again(
    sandbox_server: ServedSandbox,
) -> None:
    sandbox_server.control.switch_on(FaultKind.ANSWER_LATE, method="POST", path="/v3/orders", delay_ms=60_000)
    async with AsyncClient(sandbox_server.url) as client:
        await client.sign_in("cleo", PASSWORD)
        asked = place_order(TAKER)
        doing = asyncio.create_task(client.do(asked))
        while not await client.do(orders()):
            pass
        doing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await doing
        assert (await client.do(asked)).order_id == (await client.do(orders()))[0].order_id
        assert len(await client.do(orders())) == 1
