"""Owns the benchmark of what an order costs its actors, however many are open, and what its preview does.

Never touches a network or a disk: hosts, post and log are in this process; only the actors' work counts.
Called by ``make bench-limits``.
"""

import gc
import time
from collections.abc import Callable, Iterator
from itertools import count
from typing import Final

from actors.machines import limits
from actors.machines.messages.amendments import AmendOrder
from actors.machines.messages.answers import (
    AccountResult,
    Answer,
    EventResult,
    MarketResult,
    MatchPreview,
    OrderResult,
    Reply,
    Result,
)
from actors.machines.messages.commands import (
    CancelOrder,
    ChangeMarketState,
    Command,
    CreateEvent,
    CreateMarket,
    Deposit,
    PlaceOrder,
    PreviewMatch,
    PreviewOrder,
    RegisterMember,
    Request,
)
from actors.machines.messages.words import MarketState, Side
from actors.machines.streams import Streams
from actors.processes.local import LocalExchange
from scripts.bench.table import Row, print_table

CASES: Final = ((2, 1, 0), (200, 1, 0), (200, 1, 10_000), (200, 5, 10_000))
"""Contracts of the market, winners among them, open orders of the member."""
BATCH: Final = limits.BATCH_OPERATIONS_MAX
LOT: Final = 10_000
PRICES: Final = 49
"""Bids at so many prices of each contract; the best offer is above them."""
SAMPLES: Final = 300
PLACED_MS_MAX: Final = 1.0
PREVIEW_SHARE_MAX: Final = 1.0


class Venue:
    """One market, a member who has many orders there, and somebody who offers."""

    def __init__(self, contracts: int, winners: int) -> None:
        self.exchange = LocalExchange(Streams(1, 1, 0))
        self._keys = count(1)
        staff = self._register("staff", staff=True)
        self.member, other = self._register("ada"), self._register("ben")
        for username in ("ada", "ben"):
            self.ask(staff, Deposit(username, limits.DEPOSIT_MAX))
        (event,) = self.ask(staff, CreateEvent("Cup", "sailing", 1_800_000_000_000_000))
        assert isinstance(event, EventResult)
        names = tuple(f"Boat {number}" for number in range(contracts))
        (market,) = self.ask(staff, CreateMarket(event.event.event_id, "Winner", names, winners))
        assert isinstance(market, MarketResult)
        self.market_id = market.market.market_id
        self.contract_ids = [contract.contract_id for contract in market.market.contracts]
        self.ask(staff, ChangeMarketState(self.market_id, MarketState.OPEN))
        for contract_id in self.contract_ids:
            self.ask(other, PlaceOrder(self.market_id, contract_id, Side.SELL, 6_000, 10**6 * LOT))
        self._drawn = self._orders()

    def ask(self, account_id: int, *commands: Command) -> tuple[Result, ...]:
        asked = Request(account_id, 1, "POST /", f"key{next(self._keys)}", False, "", commands)
        answer = self.exchange.ask(asked)
        assert isinstance(answer, Answer)
        return answer.results

    def fill_up(self, orders: int) -> None:
        """The member has so many open orders, over all contracts and prices."""
        for _ in range(0, orders, BATCH):
            self.ask(self.member, *(next(self._drawn) for _ in range(BATCH)))

    def place(self) -> int:
        """One more order, which trades a little and rests."""
        (placed,) = self.ask(self.member, next(self._drawn))
        assert isinstance(placed, OrderResult)
        return placed.order_id

    def preview(self) -> None:
        """What the web asks for a preview."""
        order = next(self._drawn)
        matched = self.exchange.ask(PreviewMatch(self.member, order))
        assert isinstance(matched, Reply)
        assert isinstance(matched.result, MatchPreview)
        self.exchange.ask(PreviewOrder(self.member, order, matched.result))

    def _register(self, username: str, *, staff: bool = False) -> int:
        reply = self.exchange.ask(RegisterMember(username, "hash", username, f"key {username}", staff))
        assert isinstance(reply, Reply)
        assert isinstance(reply.result, AccountResult)
        return reply.result.account_id

    def _orders(self) -> Iterator[PlaceOrder]:
        for number in count():
            contract_id = self.contract_ids[number % len(self.contract_ids)]
            price = 5_000 - 100 * (number // len(self.contract_ids) % PRICES)
            yield PlaceOrder(self.market_id, contract_id, Side.BUY, price, LOT)


def milliseconds(work: Callable[[], object]) -> float:
    """Processor time of one, the best of three series."""
    series = []
    for _ in range(3):
        start = time.process_time()
        for _ in range(SAMPLES):
            work()
        series.append((time.process_time() - start) * 1_000 / SAMPLES)
    return min(series)


def measure(contracts: int, winners: int, orders: int) -> Row:
    """What each thing costs in such a market, and the preview beside the order."""
    venue = Venue(contracts, winners)
    venue.fill_up(orders)
    gc.freeze()
    gc.disable()
    previewed = milliseconds(venue.preview)
    mine: list[int] = []
    placed = milliseconds(lambda: mine.append(venue.place()))
    ids = iter(mine)
    reduced = milliseconds(lambda: venue.ask(venue.member, AmendOrder(next(ids), LOT // 2)))
    ids = iter(mine)
    replaced = milliseconds(lambda: venue.ask(venue.member, AmendOrder(next(ids), LOT, 50)))
    ids = iter(mine)
    cancelled = milliseconds(lambda: venue.ask(venue.member, CancelOrder(next(ids))))
    gc.enable()
    return {
        "contracts": contracts,
        "winners": winners,
        "open orders": orders,
        "place ms": placed,
        "preview ms": previewed,
        "preview / place": previewed / placed,
        "reduce ms": reduced,
        "replace ms": replaced,
        "cancel ms": cancelled,
    }


def main() -> None:
    rows = [measure(*case) for case in CASES]
    print_table("Actors' time of an order, by contracts and a member's open orders", rows)
    slow = [row for row in rows if float(row["place ms"]) > PLACED_MS_MAX]
    dear = [row for row in rows if float(row["preview / place"]) > PREVIEW_SHARE_MAX]
    if slow or dear:
        message = (
            f"placing takes more than {PLACED_MS_MAX} ms, or a preview more than the order: {slow + dear}"
        )
        raise SystemExit(message)


if __name__ == "__main__":
    main()
