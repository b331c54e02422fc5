"""Owns how the kinds of traders decide: what each does next, of what it sees and what its seed draws.

Never sends anything, never looks at a clock.
Called by the crowd, for one member at a time.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum, unique
from typing import Final

from scripts.client.operations import cancel_orders, place_order
from scripts.client.shapes import Contract, NewOrder, OrderType, Side
from scripts.crowd.scene import CERTAIN, Act, Scene

RESTING_MAX: Final = 6
"""Live orders in a market: who has more takes the oldest back."""
EDGE: Final = 150
"""Ticks by which a price must be better than what somebody believes."""
DOUBT: Final = 600
"""How far, in ticks, what members believe lies from where a contract trades."""
NEWS: Final = 60
"""How far what somebody believes moves from one look to the next."""
MOVED: Final = 40
"""Ticks that are a trend."""
UNITS_MAX: Final = 20
SIDES: Final[tuple[Side, Side]] = ("buy", "sell")


@unique
class Kind(StrEnum):
    BELIEVER = "believer"
    """Knows what a contract is worth, and takes or quotes what is better."""
    PATIENT = "patient"
    """Lets others come: bids and offers around the middle, and takes back what nobody wants."""
    TREND = "trend"
    """Buys what rises, sells what falls."""
    DABBLER = "dabbler"
    """A little of this and that, and out again."""


class Trader:
    """One member's way of trading. The same seed draws the same, where it meets the same."""

    def __init__(self, kind: Kind, draw: random.Random) -> None:
        self.kind = kind
        self._draw = draw
        self._beliefs: dict[str, float] = {}
        self._seen: dict[str, int] = {}
        ways: Mapping[Kind, Callable[[Scene, Contract], NewOrder | None]] = {
            Kind.BELIEVER: self._believe,
            Kind.PATIENT: self._wait,
            Kind.TREND: self._follow,
            Kind.DABBLER: self._dabble,
        }
        self._way = ways[kind]

    def act(self, scene: Scene) -> Act | None:
        """What they do now; None: nothing."""
        if len(scene.mine) > RESTING_MAX:
            oldest = min(scene.mine, key=lambda order: order.created_datetime)
            return Act("cancel", cancel_orders([oldest.order_id]))
        order = self._way(scene, self._draw.choice(scene.contracts))
        self._seen.update((contract.id, scene.middle(contract.id)) for contract in scene.contracts)
        return None if order is None else Act("order", place_order(order))

    def _believe(self, scene: Scene, contract: Contract) -> NewOrder | None:
        middle = scene.middle(contract.id)
        belief = self._beliefs.get(contract.id, middle + self._draw.gauss(0, DOUBT))
        belief = max(200.0, min(belief + self._draw.gauss(0, NEWS), CERTAIN - 200.0))
        self._beliefs[contract.id] = belief
        worth, book = round(belief), scene.books[contract.id]
        if book.offers and book.offers[0].price <= worth - EDGE:
            return self._order(scene, contract, "buy", book.offers[0].price, "immediate_or_cancel")
        if book.bids and book.bids[0].price >= worth + EDGE:
            return self._order(scene, contract, "sell", book.bids[0].price, "immediate_or_cancel")
        sides: Sequence[tuple[Side, int]] = [("buy", worth - 2 * EDGE), ("sell", worth + 2 * EDGE)]
        side, price = self._draw.choice(sides)
        return self._order(scene, contract, side, price)

    def _wait(self, scene: Scene, contract: Contract) -> NewOrder | None:
        away = self._draw.randint(1, 8) * 50
        sides: Sequence[tuple[Side, int]] = [("buy", -1), ("sell", 1)]
        side, sign = self._draw.choice(sides)
        return self._order(scene, contract, side, scene.middle(contract.id) + sign * away)

    def _follow(self, scene: Scene, contract: Contract) -> NewOrder | None:
        middle = scene.middle(contract.id)
        moved = middle - self._seen.get(contract.id, middle)
        if abs(moved) < MOVED:
            return None
        side: Side = "buy" if moved > 0 else "sell"
        price = middle + (2 * MOVED if moved > 0 else -2 * MOVED)
        return self._order(scene, contract, side, price, "immediate_or_cancel")

    def _dabble(self, scene: Scene, contract: Contract) -> NewOrder | None:
        held, book = scene.held.get(contract.id, 0), scene.books[contract.id]
        side: Side = self._draw.choice(SIDES) if held == 0 else ("sell" if held > 0 else "buy")
        there = book.offers if side == "buy" else book.bids
        if not there:
            return self._order(scene, contract, side, scene.middle(contract.id))
        return self._order(scene, contract, side, there[0].price, "immediate_or_cancel")

    def _order(
        self,
        scene: Scene,
        contract: Contract,
        side: Side,
        price: int,
        order_type: OrderType = "good_til_cancelled",
    ) -> NewOrder:
        quantity = self._draw.randint(1, UNITS_MAX) * CERTAIN
        return NewOrder(scene.market.id, contract.id, side, scene.possible(price), quantity, order_type)
