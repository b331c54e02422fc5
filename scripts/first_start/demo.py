"""Owns the demo: an event, two markets, members with play money, resting orders and a few trades.

Never touches the exchange but over HTTP, as its members and staff do.
Called by the first start alone; repeating it finds what is there already.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from scripts.client import Client, Json, RefusedError

UNITS: Final = 10_000
"""Quantity units in one currency unit of payout; ticks in a certainty."""
PERCENT: Final = 100
"""Ticks in one percent of probability."""
PLAY_MONEY: Final = "10000.00"

EVENT: Final = "Harbour Cup final"


class DemoMarket(NamedTuple):
    """A market's name and its contracts, each with the demo's opinion of it in percent."""

    name: str
    percents: dict[str, int]


class Quote(NamedTuple):
    """A resting order: away from the opinion by ``percent``, for ``units`` currency units of payout."""

    percent: int
    units: int


class Trade(NamedTuple):
    """An order that trades at once with what rests: one percent beyond the opinion."""

    market: int
    contract: str
    side: str
    units: int


MARKETS: Final = (
    DemoMarket("Will the final go to extra time?", {"Yes": 38, "No": 62}),
    DemoMarket("Winner of the cup", {"Gulls": 32, "Herons": 25, "Otters": 20, "Puffins": 14, "Terns": 9}),
)
BUYER: Final = "ada"
SELLER: Final = "ben"
TAKER: Final = "cleo"
MEMBERS: Final = (BUYER, SELLER, TAKER)
QUOTES: Final = (Quote(1, 40), Quote(2, 75), Quote(3, 120))
TRADES: Final = (
    Trade(0, "Yes", "buy", 25),
    Trade(0, "No", "sell", 10),
    Trade(1, "Gulls", "buy", 30),
    Trade(1, "Otters", "sell", 15),
    Trade(1, "Terns", "buy", 5),
)


class Market(NamedTuple):
    """A demo market as the exchange knows it; ``contracts``: name -> id."""

    market_id: str
    contracts: dict[str, str]


def make_demo(
    connect: Callable[[], Client],
    staff_password: str,
    password_of: Callable[[str], str],
    today: dt.date,
) -> None:
    """Makes what is missing of the demo. Raises ``ClientError`` if the exchange won't have it, or is away."""
    with connect() as staff:
        staff.sign_in("staff", staff_password)
        event_id = make_event(staff, today.year + 1)
        markets = [make_market(staff, event_id, market) for market in MARKETS]
        for name in MEMBERS:
            with connect() as member:
                join(member, name, password_of(name))
                fund(staff, member, name)
                trade(member, name, markets)


def make_event(staff: Client, year: int) -> str:
    """The demo's event, in May of the year; its id."""
    for event in staff.get("/events/?limit=1000")["events"]:
        if event["name"] == EVENT:
            return str(event["id"])
    body = {
        "name": EVENT,
        "type": "sailing",
        "start_datetime": f"{year}-05-17T14:00:00Z",
        "description": "Made up, like the money: a place to try the exchange out.",
    }
    return str(staff.call("POST", "/events/", body, key=f"first-start/event/{year}")["event"]["id"])


def make_market(staff: Client, event_id: str, wanted: DemoMarket) -> Market:
    """The market, open."""
    market = _find_market(staff, event_id, wanted) or _create_market(staff, event_id, wanted)
    if market["state"] == "draft":
        _open(staff, market["id"])
    return Market(market["id"], {contract["name"]: contract["id"] for contract in market["contracts"]})


def _find_market(staff: Client, event_id: str, wanted: DemoMarket) -> Json | None:
    for market in staff.get(f"/markets/?event_ids={event_id}&limit=1000")["markets"]:
        if market["name"] == wanted.name:
            return market | staff.get(f"/markets/{market['id']}/contracts/")
    return None


def _create_market(staff: Client, event_id: str, wanted: DemoMarket) -> Json:
    body = {
        "event_id": event_id,
        "name": wanted.name,
        "contracts": [{"name": name} for name in wanted.percents],
        "commission": "0.02",
    }
    return staff.call("POST", "/markets/", body, key=f"first-start/market/{event_id}/{wanted.name}")["market"]


def _open(staff: Client, market_id: str) -> None:
    try:
        staff.call("PATCH", f"/markets/{market_id}/", {"state": "open"})
    except RefusedError as error:
        # It may have been opened just before an earlier first start was killed.
        if error.status != 409:
            raise


def join(member: Client, name: str, password: str) -> None:
    """Registers the member, or signs in one that is there already."""
    try:
        body = {"username": name, "password": password, "display_name": name.title()}
        member.use_token(member.call("POST", "/members/", body)["token"])
    except RefusedError as error:
        if error.status not in {409, 422}:
            raise
        member.sign_in(name, password)


def fund(staff: Client, member: Client, name: str) -> None:
    """Play money for a member that has none and never traded."""
    if member.get("/accounts/")["account"]["balance"] == "0.00":
        body = {"amount": PLAY_MONEY}
        staff.call("POST", f"/accounts/{name}/deposits/", body, key=f"first-start/deposit/{name}")


def trade(member: Client, name: str, markets: list[Market]) -> None:
    """The member's orders: one batch, which is there whole or not at all."""
    if not member.get("/orders/?limit=1")["orders"]:
        member.call("POST", "/orders/", list(orders_of(name, markets)), key="first-start/orders")


def orders_of(name: str, markets: list[Market]) -> Iterable[Json]:
    """The orders of one member of the demo, as the API takes them."""
    if name == TAKER:
        for taken in TRADES:
            away = 1 if taken.side == "buy" else -1
            percent = MARKETS[taken.market].percents[taken.contract] + away
            yield _order(markets[taken.market], taken.contract, taken.side, percent, taken.units)
        return
    side, direction = ("buy", -1) if name == BUYER else ("sell", 1)
    for market, wanted in zip(markets, MARKETS, strict=True):
        for contract, percent in wanted.percents.items():
            for quote in QUOTES:
                yield _order(market, contract, side, percent + direction * quote.percent, quote.units)


def _order(market: Market, contract: str, side: str, percent: int, units: int) -> Json:
    return {
        "market_id": market.market_id,
        "contract_id": market.contracts[contract],
        "side": side,
        "price": percent * PERCENT,
        "quantity": units * UNITS,
    }
