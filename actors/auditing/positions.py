"""Owns the worst case of a member in one market, kept by outcome as the log tells it.

Never looks at what the log says the exposure is: that is compared with this.
Called by the audit of orders and of settlements.

If contracts win, the member's result is the ``losses`` of all and the ``gains`` of each of them: ``losses``
are what is lost (below 0: won) of a contract if it doesn't win, ``gains`` what it adds when it does. An open
order counts as filled where that is a loss.
"""

from collections.abc import Collection
from typing import Final

from actors.machines.messages.parts import Verdict

WHOLE: Final = 10_000
"""A price of certainty: what one quantity unit of a winner pays, in 1/10^8 of a currency unit."""


def risk_of(price: int, quantity: int, *, buys: bool) -> int:
    """What an order loses if it fills and its side doesn't come true."""
    return (price if buys else WHOLE - price) * quantity


class Settled:
    """What is kept of a position once its market is settled: a verdict can be corrected at any time."""

    __slots__ = ("cash", "commission", "filled", "nets", "result")

    def __init__(self, cash: int, nets: dict[int, int], filled: tuple[int, int]) -> None:
        self.cash = cash
        self.nets = nets
        self.filled = filled
        """How many orders were filled, and the sum of their ids."""
        self.result = 0
        self.commission = 0

    def result_under(self, verdict: Verdict) -> int:
        whole = sum(self.nets.get(winner, 0) for winner in verdict.winners)
        shared = sum(each.share * self.nets.get(each.contract_id, 0) for each in verdict.dead_heat)
        return self.cash + WHOLE * whole + shared


class Position:
    """One member in one market."""

    __slots__ = ("cashes", "claimed", "gains", "losses", "nets", "orders", "settled", "voided")

    def __init__(self, voided: Collection[int] = ()) -> None:
        self.voided = voided
        """Contracts that are out of the market: nothing in them counts."""
        self.losses: dict[int, int] = {}
        self.gains: dict[int, int] = {}
        self.cashes: dict[int, int] = {}
        self.nets: dict[int, int] = {}
        self.orders: dict[int, tuple[int, int]] = {}
        """By contract: how many orders were filled, and the sum of their ids."""
        self.claimed = 0
        """The market's exposure as the log last said it."""
        self.settled: Settled | None = None

    def open(self, contract_id: int, *, buys: bool, price: int, quantity: int) -> None:
        """An order is open with this much; a negative quantity takes it back."""
        self.hold(contract_id, buys=buys, amount=risk_of(price, quantity, buys=buys))

    def hold(self, contract_id: int, *, buys: bool, amount: int) -> None:
        """An order that is open may lose so much; a negative amount takes it back."""
        if contract_id in self.voided:
            return
        if buys:
            self._lose(contract_id, amount)
            self._gain(contract_id, amount)
        else:
            self._gain(contract_id, -amount)

    def fill(self, contract_id: int, *, buys: bool, price: int, quantity: int) -> None:
        """A fill of an order whose open part was taken back by as much before."""
        signed = quantity if buys else -quantity
        self.cashes[contract_id] = self.cashes.get(contract_id, 0) - price * signed
        self._lose(contract_id, price * signed)
        self.nets[contract_id] = self.nets.get(contract_id, 0) + signed
        self._gain(contract_id, WHOLE * signed)

    def filled(self, contract_id: int, order_id: int) -> None:
        """Nothing is left of this order; its market's verdict will name it."""
        count, total = self.orders.get(contract_id, (0, 0))
        self.orders[contract_id] = (count + 1, total + order_id)

    def void(self, contract_id: int) -> tuple[int, int]:
        """Nothing in this contract counts any more; how many orders were filled there, and their sum."""
        for kept in (self.losses, self.gains, self.cashes, self.nets):
            kept.pop(contract_id, None)
        return self.orders.pop(contract_id, (0, 0))

    def exposure(self, contracts: int, winners: int = 1) -> int:
        """The largest loss over the outcomes of a market of so many contracts, so many of which win."""
        base = -sum(self.losses.values())
        if contracts == 1:
            return max(0, -(base + min([0, *self.gains.values()])))  # the only one there is may lose
        # Whichever win, those are the worst that add least; one that the member has nothing in adds nothing.
        worst = sorted(self.gains.values())
        losing = [gain for gain in worst if gain < 0][:winners]
        free = contracts - len(self.voided) - len(worst)
        winning = worst[len(losing) : max(len(losing), winners - free)]
        return max(0, -(base + sum(losing) + sum(winning)))

    def settle(self) -> Settled:
        """Fills are paid out; what is still open (orders that the market has not answered) stays."""
        if self.settled is None:
            counts, totals = zip((0, 0), *self.orders.values(), strict=True)
            self.settled = Settled(sum(self.cashes.values()), self.nets, (sum(counts), sum(totals)))
            for contract_id, cash in self.cashes.items():
                self._lose(contract_id, cash)
                self._gain(contract_id, -WHOLE * self.nets[contract_id])
            self.cashes, self.nets = {}, {}
        return self.settled

    def _lose(self, contract_id: int, amount: int) -> None:
        self.losses[contract_id] = self.losses.get(contract_id, 0) + amount

    def _gain(self, contract_id: int, amount: int) -> None:
        gain = self.gains.get(contract_id, 0) + amount
        if gain:
            self.gains[contract_id] = gain
        else:
            self.gains.pop(contract_id, None)
