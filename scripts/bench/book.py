"""Owns the benchmark of the order books: ours with its events, and two from PyPI, on one generated flow.

Never measures a book that trades otherwise: the volumes must agree.
Called by ``make bench-book``.

Every book gets the operations in the form that it takes, made before the clock runs; what a book itself
asks for at each operation (the events of ours, the order objects of pyorderbook) is made while it runs.
"""

import gc
import time
from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol

from lightmatchingengine.lightmatchingengine import LightMatchingEngine
from lightmatchingengine.lightmatchingengine import Side as LightSide
from pyorderbook import Book as PyOrderBook
from pyorderbook import ask, bid

from actors.machines.book import Book, FastBook, NaiveBook
from actors.machines.messages.book_events import OrderCancelled, OrderMatched
from actors.machines.messages.words import Reason, Side
from scripts.bench.book_flow import GROWING, STEADY, Flow, Operation
from scripts.bench.table import Row, print_table

OPERATIONS: Final = 300_000
PREFIX: Final = 10_000
"""All that the naive book gets: it looks through a whole side at each operation."""
ROUNDS: Final = 3
RESTING: Final = (1_000, 100_000)
STEADY_OPERATIONS: Final = 20_000
REQUESTED: Final = Reason.MEMBER_REQUESTED


class Runs(Protocol):
    """Whatever carries out operations."""

    def run(self, prepared: Sequence[Any]) -> int:
        """Carries them out, and returns the quantity traded; measured."""


class Contestant(Runs, Protocol):
    """An order book in the form that the benchmark drives."""

    def prepare(self, operations: Sequence[Operation]) -> Sequence[Any]:
        """The operations as this book takes them; not measured."""


class OurBook:
    """Decides, makes the event, and evolves from the event alone, as the market machine does."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.next_execution_id = 1

    def prepare(self, operations: Sequence[Operation]) -> Sequence[Operation]:
        return operations

    def run(self, prepared: Sequence[Operation]) -> int:
        book = self.book
        next_execution_id = self.next_execution_id
        volume = 0
        for is_cancel, order_id, side, price, quantity in prepared:
            if is_cancel:
                order = book.get(order_id)
                assert order is not None, "the flow cancels live orders only"
                cancelled = OrderCancelled(
                    1, 2, order_id, order.account_id, order.side, order.price, order.quantity, REQUESTED
                )
                book.remove(cancelled.order_id)
                continue
            match = book.match(order_id, side, price, quantity, next_execution_id)
            event = OrderMatched(
                1, 2, order_id, order_id, side, price, quantity, match.fills, match.left, None
            )
            if event.fills:
                book.take(event.fills)
                next_execution_id = event.fills[-1].execution_id + 1
            if event.left and event.reason is None:
                book.rest(event.order_id, event.account_id, event.side, event.price, event.left)
            volume += quantity - event.left
        self.next_execution_id = next_execution_id
        return volume


class LightBook:
    """lightmatchingengine: dicts of lists; it numbers orders as the flow does."""

    def __init__(self) -> None:
        self.engine = LightMatchingEngine()

    def prepare(self, operations: Sequence[Operation]) -> Sequence[Any]:
        sides = {Side.BUY: LightSide.BUY, Side.SELL: LightSide.SELL}
        return [(o.is_cancel, o.order_id, sides[o.side], o.price, o.quantity) for o in operations]

    def run(self, prepared: Sequence[Any]) -> int:
        engine = self.engine
        volume = 0
        for is_cancel, order_id, side, price, quantity in prepared:
            if is_cancel:
                engine.cancel_order(order_id, "contract")
            else:
                order, _ = engine.add_order("contract", price, quantity, side)
                volume += order.cum_qty  # of the order that came in
        return volume


class PyBook:
    """pyorderbook: heaps of levels, decimals; it cancels the order object that it was given."""

    def __init__(self) -> None:
        self.book = PyOrderBook()
        self.orders: dict[int, Any] = {}

    def prepare(self, operations: Sequence[Operation]) -> Sequence[Any]:
        sides = {Side.BUY: bid, Side.SELL: ask}
        return [(o.is_cancel, o.order_id, sides[o.side], o.price, o.quantity) for o in operations]

    def run(self, prepared: Sequence[Any]) -> int:
        book, orders = self.book, self.orders
        volume = 0
        for is_cancel, order_id, make, price, quantity in prepared:
            if is_cancel:
                book.cancel(orders.pop(order_id))
            else:
                order = orders[order_id] = make("contract", price, quantity)
                book.match(order)
                volume += quantity - order.quantity
        return volume


Books = dict[str, Callable[[], Contestant]]

FAST: Final = "fast book with its events"
OTHERS: Final[Books] = {
    FAST: lambda: OurBook(FastBook()),
    "lightmatchingengine": LightBook,
    "pyorderbook": PyBook,
}
ALL: Final[Books] = OTHERS | {"naive book with its events": lambda: OurBook(NaiveBook())}


def main() -> None:
    flow = Flow(GROWING).operations(OPERATIONS)
    print_table(f"order books, {OPERATIONS:,} operations", compare(OTHERS, flow))
    print_table(f"order books, the first {PREFIX:,} of them", compare(ALL, flow[:PREFIX]))
    for resting in RESTING:
        steady = Flow(STEADY)
        filling = steady.passive(resting)
        rows = compare(OTHERS, steady.operations(STEADY_OPERATIONS), filling)
        print_table(f"order books, while {resting:,} orders rest", rows)


def compare(books: Books, flow: Sequence[Operation], filling: Sequence[Operation] = ()) -> list[Row]:
    """Each book over the flow, in turn, several rounds: the best round of each counts.

    What fills the books before that is not measured.
    """
    best_ns = dict.fromkeys(books, float("inf"))
    volumes = set()
    for _ in range(ROUNDS):
        for name, make in books.items():
            contestant = make()
            contestant.run(contestant.prepare(filling))
            volume, took_ns = measured(contestant, contestant.prepare(flow))
            volumes.add(volume)
            best_ns[name] = min(best_ns[name], took_ns)
    assert len(volumes) == 1, f"the books traded differently: {volumes}"
    return [
        {
            "book": name,
            "operations": len(flow),
            "us_per_operation": best_ns[name] / len(flow) / 1_000,
            "times_the_fast_book": best_ns[name] / best_ns[FAST],
        }
        for name in books
    ]


def measured(contestant: Runs, prepared: Sequence[Any]) -> tuple[int, int]:
    """The quantity traded, and the processor time in nanoseconds.

    The garbage collector runs as it always does, but over what the book makes, not over the flow.
    """
    gc.collect()
    gc.freeze()
    start_ns = time.process_time_ns()
    volume = contestant.run(prepared)
    took_ns = time.process_time_ns() - start_ns
    gc.unfreeze()
    return volume, took_ns


if __name__ == "__main__":
    main()
