"""Owns the benchmark of how soon a trade is seen: from its answer to its entry in a member's activity.

Never touches a running exchange of somebody: it starts its own.
Called by ``make bench-visibility``.

Meanwhile others trade at a given rate. The observer trades with itself in a market of its own, as itself
and as its counterpart, and asks for the activity again and again: that is in the figures, too.
"""

import http.client
import itertools
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import Final

from scripts.bench.flow import Flow, prepare
from scripts.bench.table import Row, print_table
from scripts.client import Client, Json
from scripts.exchange import Exchange, running_exchange

RATES: Final = (0, 200)
"""Orders a second by others."""
BATCH: Final = 10
TRADES: Final = 40
PAUSE_S: Final = 0.25
ASK_EVERY_S: Final = 0.01
SEEN_WITHIN_S: Final = 120.0
PRICE: Final = 5_000
QUANTITY: Final = 10_000


def main() -> None:
    """Runs each rate on the same exchange and prints the table."""
    with ExitStack() as stack:
        exchange = stack.enter_context(running_exchange({"CREDENCE_HASHING_COST": "cheap"}))
        flow = prepare(exchange.url, exchange.staff_password)
        maker, taker = (stack.enter_context(Client(exchange.url)) for _ in range(2))
        observer = Observer(exchange, maker, taker)
        rows: list[Row] = []
        for rate in RATES:
            with trading(exchange, flow, rate):
                seconds = sorted(observer.sees_a_trade() for _ in range(TRADES))
            rows.append(
                {
                    "orders/s of others": rate,
                    "p50 ms": 1_000 * statistics.median(seconds),
                    "p95 ms": 1_000 * seconds[len(seconds) * 95 // 100],
                    "worst ms": 1_000 * seconds[-1],
                }
            )
    print_table("From the answer to a trade to its entry in the member's activity", rows)


class Observer:
    """Two members who trade with each other in a market of their own."""

    def __init__(self, exchange: Exchange, maker: Client, taker: Client) -> None:
        self._maker, self._taker = maker, taker
        with Client(exchange.url) as staff:
            staff.sign_in("staff", exchange.staff_password)
            event = {"name": "Observed", "type": "benchmark", "start_datetime": "2100-01-01T00:00:00Z"}
            event_id = staff.call("POST", "/events/", event)["event"]["id"]
            asked = {"event_id": event_id, "name": "Observed", "contracts": [{"name": "Yes"}, {"name": "No"}]}
            self._market = staff.call("POST", "/markets/", asked)["market"]
            staff.call("PATCH", f"/markets/{self._market['id']}/", {"state": "open"})
            for member, name in ((maker, "maker"), (taker, "taker")):
                body = {"username": f"observed-{name}", "password": "benchmark password"}
                member.use_token(member.call("POST", "/members/", body)["token"])
                staff.call("POST", f"/accounts/observed-{name}/deposits/", {"amount": "100000.00"})

    def sees_a_trade(self) -> float:
        """Seconds from the answer to the taker's order to its execution in the taker's activity."""
        time.sleep(PAUSE_S)
        self._maker.call("POST", "/orders/", self._order("sell"))
        order_id = self._taker.call("POST", "/orders/", self._order("buy"))["order_id"]
        answered = time.perf_counter()
        while not self._is_seen(order_id):
            if time.perf_counter() - answered > SEEN_WITHIN_S:
                raise TimeoutError(f"no entry of order {order_id} within {SEEN_WITHIN_S:g} s")
            time.sleep(ASK_EVERY_S)
        return time.perf_counter() - answered

    def _is_seen(self, order_id: str) -> bool:
        page = self._taker.get("/members/observed-taker/activity/?limit=10")
        return any(
            entry["kind"] == "fill" and entry.get("order_id") == order_id for entry in page["activity"]
        )

    def _order(self, side: str) -> Json:
        return {
            "market_id": self._market["id"],
            "contract_id": self._market["contracts"][0]["id"],
            "side": side,
            "price": PRICE,
            "quantity": QUANTITY,
        }


@contextmanager
def trading(exchange: Exchange, flow: Flow, rate: int) -> Iterator[None]:
    """Meanwhile others place so many orders a second, in batches, whatever becomes of them."""
    stop = threading.Event()
    thread = threading.Thread(target=_trade, args=(exchange.port, flow, rate, stop))
    if rate:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        if rate:
            thread.join()


def _trade(port: int, flow: Flow, rate: int, stop: threading.Event) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
        due = time.monotonic()
        for number in itertools.count():
            due += BATCH / rate
            if stop.wait(max(0.0, due - time.monotonic())):
                return
            token = flow.tokens[number % len(flow.tokens)]
            at = number * BATCH % (len(flow.orders) - BATCH)
            body = b"[" + b",".join(flow.orders[at : at + BATCH]) + b"]"
            headers = {"Authorization": f"Session-Token {token}", "Content-Type": "application/json"}
            connection.request("POST", "/v3/orders/", body, headers)
            connection.getresponse().read()


if __name__ == "__main__":
    main()
