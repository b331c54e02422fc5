"""Owns what is really available in a market of complementary contracts: their own orders, and what sets give.

Never reads a document; never changes one: who reads quotes brings them.
Called by the reads of quotes and by the pages that show books.

Whoever buys a contract may trade with its offers, or with the bids of all others: these imply an offer at
what is missing to 10000, as deep as the least of them. Selling likewise. What is shown is there for one
order: what it takes of one contract is gone from the others, too. It costs what is shown, not what rests: of
each book so many levels are looked at as are asked for, and their steps are in one order for all contracts.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from actors.machines.limits import PRICE_MIN, PRICE_SCALE
from couch_views.shapes import QuotesDocument

Levels = list[list[int]]
"""``[price, quantity]``, best first."""


class _Step(NamedTuple):
    """What happens once so much is taken of some books: a level ends in each of them.

    ``fall`` is by how much their prices come down together, ``ended`` how many have no level after it.
    """

    books: int
    fall: int
    ended: int


_NO_STEP: Final = _Step(0, 0, 0)


def available(quotes: Sequence[QuotesDocument], depth: int) -> list[QuotesDocument]:
    """The best levels of each contract, with what the others imply; ``quotes`` are those of all contracts."""
    bids = [quote["bids"][:depth] for quote in quotes]
    offers = [quote["offers"][:depth] for quote in quotes]
    bought = _implied(bids, depth, lowest=PRICE_MIN - len(quotes) * PRICE_SCALE)
    sold = _implied(offers, depth, lowest=PRICE_MIN)
    return [
        {
            **quote,
            "bids": _merged([*quote["bids"][:depth], *implied_bids], -1)[:depth],
            "offers": _merged([*quote["offers"][:depth], *implied_offers], 1)[:depth],
        }
        for quote, implied_bids, implied_offers in zip(quotes, sold, bought, strict=True)
    ]


def _implied(books: Sequence[Levels], depth: int, lowest: int) -> Iterator[Levels]:
    """What is implied in each contract down to this price; ``books`` are one side of all of them."""
    own = [_steps(levels) for levels in books]
    together: dict[int, _Step] = {}
    for steps in own:
        for taken, (_, fall, ended) in steps.items():
            known = together.get(taken, _NO_STEP)
            together[taken] = _Step(known.books + 1, known.fall + fall, known.ended + ended)
    in_order = sorted(together.items())
    prices = [levels[0][0] if levels else 0 for levels in books]
    empty, missing = prices.count(0), PRICE_SCALE - sum(prices)
    for price, steps in zip(prices, own, strict=True):
        complete = empty == (price == 0)  # all the others have something
        yield list(_walk(in_order, steps, missing + price, lowest, depth)) if complete else []


def _steps(levels: Levels) -> dict[int, _Step]:
    """Where the levels of one book end."""
    steps = {}
    taken = 0
    for at, (price, quantity) in enumerate(levels, 1):
        taken += quantity
        last = at == len(levels)
        steps[taken] = _Step(1, 0 if last else price - levels[at][0], int(last))
    return steps


def _walk(
    together: Sequence[tuple[int, _Step]], own: Mapping[int, _Step], missing: int, lowest: int, depth: int
) -> Iterator[list[int]]:
    """What all but this contract imply, level by level, until one of them has nothing left."""
    before = 0
    for taken, step in together:
        if missing < lowest or depth == 0:
            return
        books, fall, ended = own.get(taken, _NO_STEP)
        if step.books == books:
            continue
        # Where bids come to more than everything, who takes them pays the lowest price there is.
        yield [max(PRICE_MIN, missing), taken - before]
        before = taken
        depth -= 1
        if step.ended > ended:
            return
        missing += step.fall - fall


def _merged(levels: Sequence[list[int]], sign: int) -> Levels:
    """Levels of one price become one; the lowest first, or with the sign -1 the highest."""
    quantities: dict[int, int] = {}
    for price, quantity in levels:
        quantities[price] = quantities.get(price, 0) + quantity
    return [[price, quantities[price]] for price in sorted(quantities, key=sign.__mul__)]
