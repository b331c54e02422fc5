"""Owns which resting orders of a market don't simply stay: they end at a halt or a time, or are kept in play.

Never holds an order: books do. Orders that are good until they are cancelled cost nothing here.
Called by the market machine as orders come to rest and leave.
"""

from collections.abc import Iterator

from actors.machines.market_stream.timers import Timers
from actors.machines.messages.words import TimeInForce


class Standing:
    """Resting orders of one market, with their time in force and the time at which they end (0: none)."""

    __slots__ = ("market_id", "orders")

    def __init__(self, market_id: int) -> None:
        self.market_id = market_id
        self.orders: dict[int, tuple[TimeInForce, int]] = {}

    def of(self, time_in_force: TimeInForce) -> Iterator[int]:
        """The orders that are in force so, oldest first."""
        return (order_id for order_id, (kind, _) in self.orders.items() if kind is time_in_force)

    def rest(self, order_id: int, time_in_force: TimeInForce, good_til: int, timers: Timers) -> None:
        """Evolves: an order has come to rest."""
        self.orders[order_id] = (time_in_force, good_til)
        if good_til:
            timers.add(good_til, self.market_id, order_id)

    def leave(self, order_id: int, timers: Timers) -> None:
        """Evolves: an order rests no more, if it is one of these."""
        _, good_til = self.orders.pop(order_id, (None, 0))
        if good_til:
            timers.remove(good_til, self.market_id, order_id)
