"""Owns what one member holds in one market: fills, what open orders may add, and the settlement.

Never knows the account's balance or the books.
Called by the account machine.
"""

from collections.abc import Sequence

from actors.machines import limits
from actors.machines.account_stream.exposure import (
    Holding,
    cash_flow,
    exposure,
    exposure_of_several,
    payout,
    risk,
)
from actors.machines.account_stream.order import Order
from actors.machines.messages.parts import Amended, Fill, Terms, Verdict
from actors.machines.messages.words import Side
from actors.machines.money import commission_on


class Position:
    """Cash paid and received by fills, a ``Holding`` per contract, and the live orders.

    ``settled`` is (result, commission) as of the last verdict applied; from then on ``held`` keeps
    what it was computed from, so that a corrected verdict can be applied to the same trades.
    What is ``voided`` counts for nothing from then on, but orders there are answered as everywhere.
    """

    __slots__ = (
        "cash",
        "cashes",
        "exposure",
        "filled",
        "held",
        "holdings",
        "index",
        "levels",
        "live",
        "settled",
        "terms",
        "voided",
    )

    def __init__(self, terms: Terms, index: dict[int, int], voided: tuple[int, ...] = ()) -> None:
        self.terms = terms
        self.index = index
        self.voided = voided
        """The places of contracts that were voided."""
        self.cash = 0
        self.cashes: dict[int, int] = {}
        """The same by contract, of those that were traded."""
        self.holdings = [Holding() for _ in terms.contract_ids]
        self.exposure = 0
        self.live: dict[int, Order] = {}
        self.levels: dict[int, dict[int, int]] = {}
        """By place of the contract: prices -> how many live orders are there, or are on their way there."""
        self.filled: dict[int, list[int]] = {}
        """Filled orders by contract."""
        self.held: tuple[int, dict[int, int]] | None = None
        self.settled = (0, 0)

    def exposure_with(
        self, contract_id: int, side: Side, price: int, quantity: int, fills: Sequence[Fill] = ()
    ) -> int:
        """The market's exposure if there were this order, too: so much open, after these fills."""
        at = self.index[contract_id]
        return self._exposure_of(at, side, risk(side, price, quantity), fills)

    def exposure_instead_of(
        self,
        cancelled: Sequence[Order],
        contract_id: int,
        side: Side,
        price: int,
        quantity: int,
        fills: Sequence[Fill],
    ) -> int:
        """The same if these live orders were gone, too."""
        if not cancelled:
            return self.exposure_with(contract_id, side, price, quantity, fills)
        left = Position(self.terms, self.index, self.voided)
        left.cash, left.holdings = self.cash, list(self.holdings)
        for order in cancelled:
            at = self.index[order.contract_id]
            left.holdings[at] = _with_order(left.holdings[at], order.side, -order.reserved)
        return left.exposure_with(contract_id, side, price, quantity, fills)

    def exposure_after(
        self, order: Order, fills: Sequence[Fill], left: int, amended: Amended | None = None
    ) -> int:
        """The market's exposure once the order has these fills and this much is left open."""
        more = order.reserved_after(fills, left, amended) - order.reserved
        return self._exposure_of(self.index[order.contract_id], order.side, more, fills)

    def exposure_amending(self, order: Order, amendment: Amended | None) -> int:
        """The market's exposure if this amendment of the order were on its way."""
        more = order.reserved_with(amendment) - order.reserved
        return self._exposure_of(self.index[order.contract_id], order.side, more)

    def has_room_at(self, contract_id: int, price: int) -> bool:
        """Whether the member may have an order at this price, too."""
        levels = self.levels.get(self.index[contract_id], {})
        return price in levels or len(levels) < limits.PRICE_LEVELS_PER_MEMBER_AND_CONTRACT_MAX

    def place(self, order: Order, market_exposure: int) -> None:
        """Evolves: the order is open."""
        at = self.index[order.contract_id]
        self.holdings[at] = _with_order(self.holdings[at], order.side, order.reserved)
        self.live[order.order_id] = order
        self._count(at, order.price, 1)
        self.exposure = market_exposure

    def report(
        self,
        order: Order,
        fills: Sequence[Fill],
        left: int,
        market_exposure: int,
        amended: Amended | None = None,
    ) -> None:
        """Evolves: the market's word on an order, which still shows what was open before."""
        at = self.index[order.contract_id]
        more = order.reserved_after(fills, left, amended) - order.reserved
        before = self.cash
        self.cash, self.holdings[at] = self._moved(at, order.side, more, fills)
        if fills:
            contract_id = order.contract_id
            self.cashes[contract_id] = self.cashes.get(contract_id, 0) + self.cash - before
        if left == 0 or amended is not None:
            self._count(at, order.price, -1)
        if left == 0 and order.amendment is not None:
            self._count(at, order.amendment.price, -1)
        self.exposure = market_exposure

    def amend(self, order: Order, amendment: Amended | None, market_exposure: int) -> None:
        """Evolves: an amendment of the order is on its way; ``None``: that came to nothing."""
        at = self.index[order.contract_id]
        more = order.reserved_with(amendment) - order.reserved
        self.holdings[at] = _with_order(self.holdings[at], order.side, more)
        if order.amendment is not None:
            self._count(at, order.amendment.price, -1)
        if amendment is not None:
            self._count(at, amendment.price, 1)
        self.exposure = market_exposure

    def exposure_without(self, contract_id: int) -> int:
        """The market's exposure if this contract is voided."""
        at = self.index[contract_id]
        cash = self.cash - self.cashes.get(contract_id, 0)
        voided = (*self.voided, at)
        held = self.holdings
        return exposure_of_several(cash, held, at, held[at], self.terms.winner_count, voided)

    def void(self, contract_id: int, market_exposure: int) -> None:
        """Evolves: nothing that was traded in this contract counts any more."""
        at = self.index[contract_id]
        self.voided = (*self.voided, at)
        self.cash -= self.cashes.pop(contract_id, 0)
        self.holdings[at].net = 0
        self.filled.pop(contract_id, None)
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
        if winners == 1 and not self.voided:
            return exposure(cash, held, at, changed)
        return exposure_of_several(cash, held, at, changed, winners, self.voided)

    def _nets(self) -> dict[int, int]:
        ids = self.terms.contract_ids
        return {contract_id: self.holdings[at].net for at, contract_id in enumerate(ids)}

    def _exposure_of(self, at: int, side: Side, more: int, fills: Sequence[Fill] = ()) -> int:
        cash, changed = self._moved(at, side, more, fills)
        return self._exposure(cash, at, changed)

    def _moved(self, at: int, side: Side, more: int, fills: Sequence[Fill]) -> tuple[int, Holding]:
        """Cash, and what is held of the contract at this place: so much more reserved, and these fills."""
        changed = _with_order(self.holdings[at], side, more)
        cash = self.cash
        for fill in fills:
            cash += cash_flow(side, fill.price, fill.quantity)
            changed.net += fill.quantity if side is Side.BUY else -fill.quantity
        return cash, changed

    def _count(self, at: int, price: int, more: int) -> None:
        levels = self.levels.setdefault(at, {})
        count = levels.get(price, 0) + more
        if count:
            levels[price] = count
        else:
            del levels[price]


def _with_order(holding: Holding, side: Side, reserved: int) -> Holding:
    if side is Side.BUY:
        return Holding(holding.net, holding.buying + reserved, holding.selling)
    return Holding(holding.net, holding.buying, holding.selling + reserved)
