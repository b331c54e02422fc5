"""Owns what a market maker wants: a fair value that follows the trades, quotes around it, and what to change.

Never asks or sends anything, never draws chance.
Called by the market maker's rounds.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Final, NamedTuple

from scripts.client.shapes import Cancel, NewOrder, Order, Side

PRICE_MIN: Final = 1
PRICE_MAX: Final = 9_999
FOLLOWS: Final = 4
"""Each round the fair value goes this part of the way to where the contract trades."""


class Style(NamedTuple):
    """Prices in ticks, quantities in units of payout.

    The best quotes are ``half_spread`` away from the fair value, each of ``levels`` another ``step``. For
    each ``size`` held, both sides move by ``skew`` against it; at ``held_max`` nothing that adds to it is
    quoted.
    """

    half_spread: int = 150
    step: int = 100
    levels: int = 3
    size: int = 200_000
    skew: int = 50
    held_max: int = 1_000_000


class Quote(NamedTuple):
    contract_id: str
    side: Side
    price: int
    quantity: int


def followed(fair: int, traded: int | None) -> int:
    """The fair value after a look at the last trade's price, if there was one."""
    return fair if traded is None else fair + (traded - fair) // FOLLOWS


def wanted(
    contract_id: str, fair: int, held: int, style: Style, possible: Callable[[int], int]
) -> tuple[Quote, ...]:
    """The quotes that ought to rest in one contract; ``possible`` gives the price at or below one."""
    middle = fair - style.skew * held // style.size
    quotes: list[Quote] = []
    for level in range(style.levels):
        away = style.half_spread + level * style.step
        if held < style.held_max:
            quotes.append(Quote(contract_id, "buy", possible(_bounded(middle - away)), style.size))
        if held > -style.held_max:
            quotes.append(Quote(contract_id, "sell", possible(_bounded(middle + away)), style.size))
    # Near the ends of the ladder several levels come to one price, or to both sides of it.
    asked = max((quote.price for quote in quotes if quote.side == "buy"), default=0)
    return tuple(dict.fromkeys(quote for quote in quotes if quote.side == "buy" or quote.price > asked))


def changes(
    market_id: str, quotes: Iterable[Quote], resting: Iterable[Order]
) -> tuple[list[Cancel], list[NewOrder]]:
    """What to cancel and what to place, so that what is wanted rests; what does already keeps its place.

    A quote never takes what others offer: it would be a bet.
    """
    missing = Counter(quotes)
    cancels: list[Cancel] = []
    for order in resting:
        quote = Quote(order.contract_id, order.side, order.price or 0, order.available_quantity)
        if missing[quote] > 0:
            missing[quote] -= 1
        else:
            cancels.append(Cancel(order.order_id))
    return cancels, [NewOrder(market_id, *quote, post_only=True) for quote in missing.elements()]


def opening(contract_ids: Iterable[str], given: Mapping[str, int], last: Mapping[str, int]) -> dict[str, int]:
    """The fair values to begin with: as given, else where a contract traded last, else all alike."""
    ids = list(contract_ids)
    alike = (PRICE_MAX + 1) // len(ids)
    return {each: given.get(each, last.get(each, alike)) for each in ids}


def _bounded(price: int) -> int:
    return max(PRICE_MIN, min(price, PRICE_MAX))
