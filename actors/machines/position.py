"""Owns what one member holds in one market: fills, what open orders may add, and the settlement.

Never knows the account's balance or the books.
Called by the account machine.
"""

from collections.abc import Sequence

from actors.machines.exposure import Holding, cash_flow, exposure, exposure_of_several, payout, risk
from actors.machines.messages.parts import Fill, Terms, Verdict
from actors.machines.messages.words import Side
from actors.machines.money import commission_on
from actors.machines.order import Order


class Position:
    """Cash paid and received by fills, a ``Holding`` per contract, and the live orders.

    ``settled`` is (result, commission) as of the last verdict applied; from then on ``held`` keeps
    what it was computed from, so that a corrected verdict can be applied to the same trades.
    """

    __slots__ = ("cash", "exposure", "filled", "held", "holdings", "index", "live", "settled", "terms")

    def __init__(self, terms: Terms, index: dict[int, int]) -> None:
        self.terms = terms
        self.index = index
        self.cash = 0
        self.holdings = [Holding() for _ in terms.contract_ids]
        self.exposure = 0
        self.live: dict[int, Order] = {}
        self.filled: list[int] = []
        self.held: tuple[int, dict[int, int]] | None = None
        self.settled = (0, 0)

    def exposure_with(self, contract_id: int, side: Side, price: int, quantity: int) -> int:
        """The market's exposure if this order rested too."""
        at = self.index[contract_id]
        changed = _with_order(self.holdings[at], side, risk(side, price, quantity))
        return self._exposure(self.cash, at, changed)

    def exposure_after(self, order: Order, fills: Sequence[Fill], left: int) -> int:
        """The market's exposure once the order has these fills and this much is left open."""
        at = self.index[order.contract_id]
        cash, changed = self._reported(order, fills, left)
        return self._exposure(cash, at, changed)

    def place(self, order: Order, market_exposure: int) -> None:
        """Evolves: the order is open."""
        at = self.index[order.contract_id]
        reserved = risk(order.side, order.price, order.left)
        self.holdings[at] = _with_order(self.holdings[at], order.side, reserved)
        self.live[order.order_id] = order
        self.exposure = market_exposure

    def report(self, order: Order, fills: Sequence[Fill], left: int, market_exposure: int) -> None:
        """Evolves: the market's word on an order, which still shows what was open before."""
        at = self.index[order.contract_id]
        self.cash, self.holdings[at] = self._reported(order, fills, left)
        self.exposure = market_exposure

    def results(self, verdict: Verdict) -> tuple[int, int]:
        """Result and commission of this position under a verdict, both totals."""
        if verdict.void:
            return 0, 0
        cash, nets = self.held or (self.cash, self._nets())
        result = cash + payout(verdict.payouts, nets)
        return result, commission_on(result, self.terms.commission)

    def exposure_settled(self) -> int:
        """What orders that the market hasn't answered yet still hold once the fills are paid out."""
        bare = [Holding(0, holding.buying, holding.selling) for holding in self.holdings]
        return self._exposure(0, 0, bare[0], bare)

    def settle(self, result: int, commission: int, market_exposure: int) -> None:
        """Evolves: the fills are paid out, the traded orders are done with."""
        if self.held is None:
            self.held = (self.cash, self._nets())
        self.cash = 0
        for holding in self.holdings:
            holding.net = 0
        self.settled = (result, commission)
        self.exposure = market_exposure

    def _exposure(
        self, cash: int, at: int, changed: Holding, holdings: Sequence[Holding] | None = None
    ) -> int:
        held = self.holdings if holdings is None else holdings
        winners = self.terms.winner_count
        if winners == 1:
            return exposure(cash, held, at, changed)
        return exposure_of_several(cash, held, at, changed, winners)

    def _nets(self) -> dict[int, int]:
        ids = self.terms.contract_ids
        return {contract_id: self.holdings[at].net for at, contract_id in enumerate(ids)}

    def _reported(self, order: Order, fills: Sequence[Fill], left: int) -> tuple[int, Holding]:
        holding = self.holdings[self.index[order.contract_id]]
        freed = risk(order.side, order.price, order.left) - risk(order.side, order.price, left)
        changed = _with_order(holding, order.side, -freed)
        cash = self.cash
        for fill in fills:
            cash += cash_flow(order.side, fill.price, fill.quantity)
            changed.net += fill.quantity if order.side is Side.BUY else -fill.quantity
        return cash, changed


def _with_order(holding: Holding, side: Side, reserved: int) -> Holding:
    if side is Side.BUY:
        return Holding(holding.net, holding.buying + reserved, holding.selling)
    return Holding(holding.net, holding.buying, holding.selling + reserved)
