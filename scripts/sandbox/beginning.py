"""Owns what is in a sandbox in the beginning: the demo, and orders around it that a seed draws.

Never does what a member or the staff could not do over HTTP.
Called by the sandbox's application, once for its life: a reset takes the log that this left.
"""

import datetime as dt
import random
from typing import Final

from scripts.client import Client
from scripts.client.operations import contracts, markets, place_orders
from scripts.client.shapes import Contract, NewOrder, Side
from scripts.first_start.demo import BUYER, PERCENT, SELLER, UNITS, make_demo
from scripts.sandbox.transport import InProcessTransport
from scripts.sandbox.world import PASSWORD, World

URL: Final = "http://sandbox"
ORDERS_DRAWN: Final = 12
"""For each member: enough for books that differ, few enough for a reset within milliseconds."""


def begin(world: World, seed: int) -> None:
    """Fills a world that has nothing in it."""
    transport = InProcessTransport(world.app)
    try:
        today = dt.datetime.fromtimestamp(world.clock.now / 1e6, dt.UTC).date()
        make_demo(lambda: Client(URL, transport=transport), PASSWORD, lambda _name: PASSWORD, today)
        draw = random.Random(seed)
        for name in (BUYER, SELLER):
            with Client(URL, transport=transport) as member:
                member.sign_in(name, PASSWORD)
                _trade(member, draw)
    finally:
        transport.end()


def _trade(member: Client, draw: random.Random) -> None:
    """Orders around the demo's; some of them trade."""
    found = member.do(contracts(*(market.id for market in member.do(markets()))))
    member.do(place_orders([_order(draw, draw.choice(found)) for _ in range(ORDERS_DRAWN)]))


def _order(draw: random.Random, contract: Contract) -> NewOrder:
    sides: tuple[Side, Side] = ("buy", "sell")
    side = draw.choice(sides)
    percent = draw.randint(1, 30) if side == "buy" else draw.randint(40, 95)
    return NewOrder(contract.market_id, contract.id, side, percent * PERCENT, draw.randint(1, 20) * UNITS)
