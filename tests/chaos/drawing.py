"""Owns what a member asks for, drawn by chance: an order of any kind, and what one is to become.

Never sends anything.
Called by the workload, each trader with a drawer of their own.
"""

import itertools
import random
import time
from typing import Final

from actors.machines.messages.words import SelfTrade, TimeInForce
from couch_views.formats import format_time
from tests.chaos.floor import Floor
from tests.chaos.ledger import Json
from tests.processes.ledger import PRICE_SCALE

AROUND: Final = range(-60, 70, 10)
"""Ticks beside what a contract is worth if none of its market is better than the others."""
LOTS: Final = (1, 9)
TYPES: Final = {
    TimeInForce.GOOD_TIL_CANCELLED: 12,
    TimeInForce.IMMEDIATE_OR_CANCEL: 3,
    TimeInForce.FILL_OR_KILL: 2,
    TimeInForce.GOOD_TIL_DATE: 3,
    TimeInForce.KEEP_IN_PLAY: 3,
    TimeInForce.GOOD_TIL_HALTED: 1,
}
RESTING: Final = frozenset(TYPES) - {TimeInForce.IMMEDIATE_OR_CANCEL, TimeInForce.FILL_OR_KILL}
MARKET_SHARE: Final = 0.3
"""Of the orders that come while a market collects them: those at any price."""
POST_ONLY_SHARE: Final = 0.2
CANCEL_MAKER_SHARE: Final = 0.5
GOOD_FOR_S: Final = (0.5, 6.0)


class Drawer:
    """Draws for one member; no two orders have the same reference."""

    def __init__(self, floor: Floor, chance: random.Random) -> None:
        self._floor = floor
        self._chance = chance
        self._numbers = itertools.count(1)

    def order(self) -> Json:
        """An order with a limit, or for an auction one without."""
        market_id, contract_id = self._floor.draw(self._chance)
        (kind,) = self._chance.choices(tuple(TYPES), tuple(TYPES.values()))
        if self._floor.is_collecting(market_id) and self._chance.random() < MARKET_SHARE:
            kind = TimeInForce.MARKET
        timed = kind is TimeInForce.GOOD_TIL_DATE
        good_til = time.time() + self._chance.uniform(*GOOD_FOR_S)
        asked = {
            "market_id": market_id,
            "contract_id": contract_id,
            "side": self._chance.choice(("buy", "sell")),
            "price": self._price(market_id),
            "quantity": PRICE_SCALE * self._chance.randint(*LOTS),
            "type": kind.value,
            "reference_id": f"r{next(self._numbers)}",
            "post_only": kind in RESTING and self._chance.random() < POST_ONLY_SHARE,
            "self_trade": self._self_trade(),
            "good_til": format_time(round(good_til * 1_000_000)) if timed else None,
        }
        if kind is TimeInForce.MARKET:
            del asked["price"]
        return asked

    def terms(self) -> Json:
        """An order that has a limit, whatever its market does."""
        asked = self.order()
        return asked if "price" in asked else {**asked, "price": self._price(asked["market_id"])}

    def change(self, asked: Json) -> Json:
        """What an order that was asked for so is to become: less in its place, or another in a new one."""
        if self._chance.random() < 0.5:
            return {"quantity": self._chance.randint(1, asked["quantity"])}
        quantity = PRICE_SCALE * self._chance.randint(*LOTS)
        if "price" not in asked:
            return {"quantity": quantity}
        return {"quantity": quantity, "price": self._price(asked["market_id"])}

    def _price(self, market_id: str) -> int:
        return self._floor.worth(market_id) + self._chance.choice(AROUND)

    def _self_trade(self) -> str:
        return (
            SelfTrade.CANCEL_MAKER if self._chance.random() < CANCEL_MAKER_SHARE else SelfTrade.CANCEL_TAKER
        ).value
