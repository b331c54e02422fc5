"""Owns the orders that the benchmark of the API sends: seeded, ready as bytes, from many members.

Never measures: it only prepares, so that nothing is built while the clock runs.
Called by the benchmark of the API.
"""

import itertools
import random
from collections.abc import Callable
from typing import Final, NamedTuple

import orjson

from scripts.bench.load import http_request
from scripts.client import Client, Json

SEED: Final = 20_120_621
MEMBERS: Final = 16
MARKETS: Final = 4
MONEY: Final = "10000000.00"
POOL: Final = 4_000
"""Different orders; every connection goes through them from its own place."""
PRICE_MIDDLE: Final = 5_000
PRICE_SPREAD: Final = 40
QUANTITY_UNITS_MAX: Final = 10
QUANTITY_UNIT: Final = 10_000


class Flow(NamedTuple):
    """Tokens of the members, and the orders they send, as JSON; the books' paths for reading."""

    tokens: list[str]
    orders: list[bytes]
    quotes_paths: list[str]

    def singles(self, connection: int) -> Callable[[], bytes]:
        """One order a request, for the connection of this number."""
        token = self.tokens[connection % len(self.tokens)]
        orders = itertools.cycle(self._from(connection))
        return lambda: http_request("POST", "/v3/orders/", token, next(orders))

    def batches(self, connection: int, size: int) -> Callable[[], bytes]:
        """``size`` orders a request."""
        token = self.tokens[connection % len(self.tokens)]
        orders = self._from(connection)
        requests = itertools.cycle(
            http_request("POST", "/v3/orders/", token, b"[" + b",".join(orders[at : at + size]) + b"]")
            for at in range(0, len(orders), size)
        )
        return lambda: next(requests)

    def quotes(self) -> Callable[[], bytes]:
        """Reading the best prices of the markets in turn, signed in as nobody."""
        requests = itertools.cycle(http_request("GET", path, None) for path in self.quotes_paths)
        return lambda: next(requests)

    def _from(self, connection: int) -> list[bytes]:
        at = connection * 97 % len(self.orders)
        return self.orders[at:] + self.orders[:at]


def prepare(url: str, staff_password: str) -> Flow:
    """Makes an event, open markets and members with money on a running exchange."""
    with Client(url) as staff:
        staff.sign_in("staff", staff_password)
        event = {"name": "Benchmark", "type": "benchmark", "start_datetime": "2100-01-01T00:00:00Z"}
        event_id = staff.call("POST", "/events/", event, key="event")["event"]["id"]
        markets = [_open_market(staff, event_id, number) for number in range(MARKETS)]
        tokens = [_member(staff, url, f"bench-{number}") for number in range(MEMBERS)]
    return Flow(tokens, make_orders(markets), [f"/v3/markets/{market['id']}/quotes/" for market in markets])


def made_up() -> Flow:
    """A flow for a server that doesn't look: the same orders in form and size."""
    markets = [{"id": str(number), "contracts": [{"id": str(number)}]} for number in range(1, MARKETS + 1)]
    return Flow(["x" * 200] * MEMBERS, make_orders(markets), ["/v3/markets/1/quotes/"])


def make_orders(markets: list[Json]) -> list[bytes]:
    """The pool: both sides around one price, so that about half of the orders trade on arrival."""
    chance = random.Random(SEED)
    return [_order(chance, chance.choice(markets)) for _ in range(POOL)]


def _order(chance: random.Random, market: Json) -> bytes:
    return orjson.dumps(
        {
            "market_id": market["id"],
            "contract_id": market["contracts"][0]["id"],
            "side": chance.choice(["buy", "sell"]),
            "price": PRICE_MIDDLE + chance.randint(-PRICE_SPREAD, PRICE_SPREAD),
            "quantity": chance.randint(1, QUANTITY_UNITS_MAX) * QUANTITY_UNIT,
        }
    )


def _open_market(staff: Client, event_id: str, number: int) -> Json:
    body = {"event_id": event_id, "name": f"Market {number}", "contracts": [{"name": "Yes"}, {"name": "No"}]}
    market = staff.call("POST", "/markets/", body, key=f"market-{number}")["market"]
    staff.call("PATCH", f"/markets/{market['id']}/", {"state": "open"})
    return market


def _member(staff: Client, url: str, username: str) -> str:
    with Client(url) as member:
        body = {"username": username, "password": "benchmark password"}
        token = str(member.call("POST", "/members/", body)["token"])
    staff.call("POST", f"/accounts/{username}/deposits/", {"amount": MONEY}, key=f"deposit-{username}")
    return token
