"""Owns the one price at which a call auction trades, told from what is bid and offered at each price.

Never knows orders, nor who they are of: levels are enough.
Called by the auction, by the web (what it would trade at now) and by a command.

The price is one of the market's ladder: the one at which most is traded; of several the one that leaves the
least over (the imbalance); then the one nearest to the reference; then the lower.
"""

from collections.abc import Sequence
from typing import NamedTuple

from actors.machines.messages.parts import LadderStep

Level = tuple[int, int]
"""Price and quantity."""


class Equilibrium(NamedTuple):
    """The price at which an auction trades, how much, and what is left over there.

    ``imbalance`` is what is bought minus what is sold at this price or better: positive where buyers go
    short, negative where sellers do.
    """

    price: int
    volume: int
    imbalance: int


def equilibrium(
    bids: Sequence[Level], offers: Sequence[Level], ladder: Sequence[LadderStep], reference: int
) -> Equilibrium | None:
    """What these levels, in any order, would trade at; None: nothing would. O(levels), but for sorting them.

    Between two prices of orders nothing changes, so the best price is next to one, or to the reference.
    """
    if not bids or not offers:
        return None
    rising_bids, rising_offers = sorted(bids), sorted(offers)
    highest, lowest = rising_bids[-1][0], rising_offers[0][0]
    demand = sum(quantity for _, quantity in bids)
    supply = 0
    gone = come = 0
    found: list[tuple[tuple[int, int, int, int], Equilibrium]] = []
    for price in _candidates(bids, offers, ladder, reference):
        if not lowest <= price <= highest:
            continue
        while rising_bids[gone][0] < price:
            demand -= rising_bids[gone][1]
            gone += 1
        while come < len(rising_offers) and rising_offers[come][0] <= price:
            supply += rising_offers[come][1]
            come += 1
        volume, imbalance = min(demand, supply), demand - supply
        rank = (-volume, abs(imbalance), abs(price - reference), price)
        found.append((rank, Equilibrium(price, volume, imbalance)))
    return min(found)[1] if found else None


def midpoint(ladder: Sequence[LadderStep]) -> int:
    """The reference where nothing was traded before: the middle of the ladder."""
    return (min(step.lowest for step in ladder) + max(step.highest for step in ladder)) // 2


def _candidates(
    bids: Sequence[Level], offers: Sequence[Level], ladder: Sequence[LadderStep], reference: int
) -> list[int]:
    """The prices of the ladder that stand next to an order's, or to the reference, ascending."""
    marks = dict.fromkeys([reference, *(price for price, _ in bids), *(price for price, _ in offers)])
    found: dict[int, None] = {}
    for mark in marks:
        if any(step.allows(mark) for step in ladder):
            found[mark] = None
        for neighbour in (_below(mark, ladder), _above(mark, ladder)):
            if neighbour is not None:
                found[neighbour] = None
    return sorted(found)


def _below(price: int, ladder: Sequence[LadderStep]) -> int | None:
    """The next lower price of the ladder."""
    lower = [
        step.lowest + (min(price - 1, step.highest) - step.lowest) // step.step * step.step
        for step in ladder
        if step.lowest < price
    ]
    return max(lower, default=None)


def _above(price: int, ladder: Sequence[LadderStep]) -> int | None:
    """The next higher price of the ladder."""
    higher = [
        step.lowest + max(0, (price - step.lowest) // step.step + 1) * step.step
        for step in ladder
        if step.highest > price
    ]
    return min(higher, default=None)
