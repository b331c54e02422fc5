"""Owns what can happen to a request on its way, as the sandbox does it, and what is left of it afterwards.

Never sends an operation itself.
Called by the tests of both clients, which must come through all of it alike.
"""

from typing import Final

import httpx
from hypothesis import strategies as st

from scripts.client.shapes import NewOrder
from scripts.sandbox.faults import FaultKind, MethodName
from scripts.sandbox.fixtures import LocalSandbox

LOSSES: Final = (
    FaultKind.REQUEST_LOST,
    FaultKind.ANSWER_LOST,
    FaultKind.ANSWER_LATE,
    FaultKind.UNAVAILABLE,
    FaultKind.THROTTLED,
    FaultKind.UNKNOWN_NOT_DONE,
    FaultKind.UNKNOWN_DONE,
    FaultKind.MARKET_SILENT,
)
WHOLE: Final = b"HTTP/1.1 200 OK\r\ncontent-length: 17\r\n\r\n" + b'{"order_id": "1"}'
HALVES: Final = (
    b"",
    b"HTTP/1.1 20",
    b"HTTP/1.1 200 OK\r\ncontent-le",
    b"HTTP/1.1 200 OK\r\ncontent-length: 17\r\n\r\n",
    b"HTTP/1.1 200 OK\r\ncontent-length: 17\r\n\r\n" + b'{"order_id": ',
    b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n11\r\n" + b'{"order',
    b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\nnone",
    b"220 mail.example ESMTP\r\n",
)
"""What may arrive of an answer before its connection is cut; of some other server's, at last."""
DRIPPING: Final = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", b"1\r\n \r\n"
"""The beginning of an answer, and the part that comes again and again."""
MANY_LOSSES: Final = st.lists(st.sampled_from(LOSSES), min_size=1, max_size=6)
PATIENT_S: Final = 1e6
TOO_LATE_MS: Final = 60_000
TAKER: Final = NewOrder("1", "1", "buy", 3900, 250_000, reference_id="mine")
"""It trades at once with what the demo offers, and what is left of it rests."""


class Unreachable(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Refuses the first connections; then it leads on."""

    def __init__(self, onward: httpx.BaseTransport, refusals: int) -> None:
        self._onward = onward
        self.refusals = refusals

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self.refusals:
            self.refusals -= 1
            raise httpx.ConnectError("connection refused", request=request)
        return self._onward.handle_request(request)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return self.handle_request(request)

    def close(self) -> None:
        """What it leads to is closed by who made that."""


def switch_on(sandbox: LocalSandbox, losses: list[FaultKind], method: MethodName = "POST") -> None:
    """One attempt after the other meets these."""
    for kind in losses:
        late_ms = TOO_LATE_MS if kind is FaultKind.ANSWER_LATE else 0
        sandbox.control.switch_on(kind, method=method, path="/v3/orders", delay_ms=late_ms)


def executed_once(sandbox: LocalSandbox) -> None:
    """The taker's order is there once, with what it traded; asked without any fault."""
    sandbox.control.clear_faults()
    with sandbox.client("cleo") as client:
        mine = client.get("/orders/?reference_ids=mine")["orders"]
        assert [order["quantity"] for order in mine] == [TAKER.quantity]
        executed = client.get("/executions/?limit=1000")["executions"]
        traded = [each["quantity"] for each in executed if each["order_id"] == mine[0]["id"]]
        assert sum(traded) == mine[0]["total_executed_quantity"] > 0
