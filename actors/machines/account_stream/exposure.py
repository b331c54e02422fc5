"""Owns exposure: the worst case of a member's position and open orders over a market's outcomes.

Never knows balances or single orders: it adds up per contract.
Called by the account machine, before an order is accepted and after each of the market's words.
"""

from collections.abc import Collection, Mapping, Sequence

from actors.machines import limits
from actors.machines.messages.words import Side


class Holding:
    """What a member holds and has on offer in one contract.

    ``net`` is quantity bought minus sold; ``buying`` is the most that the open buys may cost
    (sum of price x quantity), ``selling`` the most that the open sells may cost when the contract
    wins (sum of (10000 - price) x quantity). Money in 1/10^8 of a currency unit.
    """

    __slots__ = ("buying", "net", "selling")

    def __init__(self, net: int = 0, buying: int = 0, selling: int = 0) -> None:
        self.net = net
        self.buying = buying
        self.selling = selling


def risk(side: Side, price: int, quantity: int) -> int:
    """The most that an order can lose: what is paid for it, or paid out on it."""
    return price * quantity if side is Side.BUY else (limits.PRICE_SCALE - price) * quantity


def risk_amended(side: Side, price: int, left: int, new_price: int, new_left: int) -> int:
    """The most that an order can lose while its amendment is on its way, whatever fills it meanwhile.

    Either nothing fills before the new order is there; or the old one fills, and what the amendment adds
    comes on top. All else lies between the two, so what fills never makes it more.
    """
    added = max(0, new_left - left)
    return max(risk(side, new_price, new_left), risk(side, price, left) + risk(side, new_price, added))


def cash_flow(side: Side, price: int, quantity: int) -> int:
    """What a fill moves at once in the position's books: a buy pays, a sell receives."""
    return -price * quantity if side is Side.BUY else price * quantity


def exposure(cash: int, holdings: Sequence[Holding], index: int, changed: Holding) -> int:
    """The largest loss over the outcomes of a market in which exactly one contract wins.

    ``changed`` stands in for ``holdings[index]``: what the exposure would be is asked before anything
    is changed. For each outcome w: the position's result, ``cash + 10000 x net(w)``, plus the worst of
    each open order: it fills where that loses (a buy of a contract that doesn't win, a sell of the one
    that does) and doesn't where that wins. A market of one contract may also end without a winner.
    Never negative: a sure profit is no loss. O(contracts).
    """
    base = cash - changed.buying
    worst = changed.buying + limits.PRICE_SCALE * changed.net - changed.selling
    for at, holding in enumerate(holdings):
        if at == index:
            continue
        base -= holding.buying
        result = limits.PRICE_SCALE * holding.net + holding.buying - holding.selling
        worst = min(worst, result)
    if len(holdings) == 1:
        worst = min(worst, 0)
    return max(0, -(base + worst))


def exposure_of_several(
    cash: int,
    holdings: Sequence[Holding],
    index: int,
    changed: Holding,
    winner_count: int,
    voided: Collection[int] = (),
) -> int:
    """The largest loss over the outcomes in which exactly ``winner_count`` of the contracts win.

    Those at the places ``voided`` are out of the market: ``cash`` holds nothing of them. As in
    ``exposure``, each contract has a result for when it wins and one for when it doesn't, and these add
    up: so the worst outcome is the one in which the contracts win whose winning adds least.
    No subset is enumerated: O(contracts x log contracts). A dead heat needs no case of its own: what it
    pays is a mean of what such outcomes pay, and a mean is never below the least.
    """
    base = cash
    gains: list[int] = []
    for at, known in enumerate(holdings):
        if at in voided:
            continue
        holding = changed if at == index else known
        base -= holding.buying
        gains.append(limits.PRICE_SCALE * holding.net + holding.buying - holding.selling)
    gains.sort()
    return max(0, -(base + sum(gains[:winner_count])))


def payout(payouts: Mapping[int, int], nets: Mapping[int, int]) -> int:
    """What a verdict pays to (or takes from) a member who holds these net quantities by contract id."""
    return sum([ticks * nets.get(contract_id, 0) for contract_id, ticks in payouts.items()])
