"""Owns the benchmark of cross-matching: a market with it beside the same market without, on one flow.

Never measures hosts, the log or the post: the market machine decides and evolves, nothing else.
Called by ``make bench-book``.

Where only one contract trades, what is measured is the price of looking whether a set is in reach; where all
do, every set is an execution in each of its contracts, so it does more for an order than a book does.
"""

import random
from collections.abc import Sequence
from typing import Final

from actors.machines.market_stream.market import Market
from actors.machines.market_stream.timers import Timers
from actors.machines.messages.book_events import OrderMatched
from actors.machines.messages.events import (
    MarketCreated,
    MarketOpened,
)
from actors.machines.messages.parts import FULL_LADDER, Contract, MarketDetails
from actors.machines.messages.posted import SubmitOrder, WithdrawOrder
from actors.machines.messages.words import Reason, Side, TimeInForce
from scripts.bench.book import measured
from scripts.bench.book_flow import BAND, QUANTITY_MAX, SEED, STEADY
from scripts.bench.table import Row, print_table

OPERATIONS: Final = 60_000
ROUNDS: Final = 3
SLOWER_MAX: Final = 2.0
CONTRACTS: Final = (2, 3, 10, 200)
GOOD, IMMEDIATE = TimeInForce.GOOD_TIL_CANCELLED, TimeInForce.IMMEDIATE_OR_CANCEL

Operation = SubmitOrder | WithdrawOrder


class Venue:
    """A market machine that carries out operations, and counts executions; what is gone isn't cancelled."""

    def __init__(self, contracts: int, *, cross_matching: bool) -> None:
        made = tuple(Contract(number, f"Contract {number}", "") for number in range(1, contracts + 1))
        details = MarketDetails(1, 1, "Market", "", "", 0, made, 1, 0, FULL_LADDER, 0, cross_matching)
        self.market = Market(MarketCreated(details, 1, 1, 0, 0))
        self.market.move(MarketOpened(1))
        self.timers = Timers()
        self.sets = 0

    def run(self, prepared: Sequence[Operation]) -> int:
        market, timers = self.market, self.timers
        for operation in prepared:
            if isinstance(operation, SubmitOrder):
                event = market.decide_order(operation, 1)
                assert isinstance(event, OrderMatched)
                market.match(event, timers)
                self.sets += len(event.sets)
            elif operation.order_id in market.resting:
                market.cancel(market.decide_withdrawal(operation), timers)  # type: ignore[arg-type] # it rests
        return market.next_execution - 1


def flow(contracts: int, trading: int) -> list[Operation]:
    """Orders, each an account's of its own, near the price at which all contracts are worth the same."""
    chance = random.Random(SEED)
    middle = 10_000 // contracts
    band = min(BAND, middle - 1)
    operations: list[Operation] = []
    placed: list[int] = []
    for number in range(1, OPERATIONS + 1):
        draw = chance.random()
        if draw < STEADY.cancel and placed:
            order_id = placed.pop(chance.randrange(len(placed)))
            operations.append(WithdrawOrder(1, order_id, order_id, Reason.MEMBER_REQUESTED))
            continue
        side, passive = chance.choice((Side.BUY, Side.SELL)), draw < STEADY.cancel + STEADY.passive
        below = (side is Side.BUY) is passive
        distance = chance.randint(1, band) if passive else band
        price = middle - distance if below else middle + distance
        terms = (side, price, chance.randint(1, QUANTITY_MAX), GOOD if passive else IMMEDIATE)
        operations.append(SubmitOrder(1, chance.randint(1, trading), number, number, *terms))
        if passive:
            placed.append(number)
    return operations


def compare(contracts: int, trading: int) -> Row:
    """Both markets over the same flow, in turn, several rounds: the best round of each counts."""
    operations = flow(contracts, trading)
    best_ns = [float("inf"), float("inf")]
    sets = 0
    for _ in range(ROUNDS):
        for cross_matching in (False, True):
            venue = Venue(contracts, cross_matching=cross_matching)
            _, took_ns = measured(venue, operations)
            best_ns[cross_matching] = min(best_ns[cross_matching], took_ns)
            sets = venue.sets
    return {
        "contracts": contracts,
        "trading": trading,
        "us_without": best_ns[False] / OPERATIONS / 1_000,
        "us_with": best_ns[True] / OPERATIONS / 1_000,
        "times_as_long": best_ns[True] / best_ns[False],
        "sets": sets,
    }


def main() -> None:
    rows = [compare(contracts, trading) for contracts in CONTRACTS for trading in (1, contracts)]
    print_table(f"a market with and without cross-matching, {OPERATIONS:,} operations", rows)
    slow = [row for row in rows if float(row["times_as_long"]) > SLOWER_MAX]
    assert not slow, f"cross-matching more than halves the speed: {slow}"


if __name__ == "__main__":
    main()
