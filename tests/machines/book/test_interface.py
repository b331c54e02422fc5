"""Owns what every book must do: one class of tests, run for each implementation.

Never looks inside a book. Books are drawn, orders are sentences (see ``drawing.py``).
Called by pytest.
"""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from actors.machines.book import Book, FastBook, NaiveBook, Resting
from actors.machines.messages.words import Side
from scripts.replay.flow import Trade, digest_of_trades, read_flow
from tests.machines.book.drawing import ask, draw, fill, place, read, tidy, trades

REPOSITORY = Path(__file__).resolve().parents[3]
REAL_FLOW = REPOSITORY.parent / "shared" / "data" / "aapl_hour.csv"
SYNTHETIC_FLOW = REPOSITORY / "tests" / "data" / "order_flow.csv"

STANDING = """
    bid         | price | offer
                |  9999 | c9:90
                |  5200 | d8:40
                |  5100 | b6:20 c7:30
    a1:10 b2:20 |  5000 |
    c3:30       |  4900 |
    a4:40       |     1 |
"""

# The order | what it trades | what is left of it | the book afterwards
PLACED = [
    pytest.param(
        "e10 buys 15 @ 5000", "", 15, "a1:10 b2:20 e10:15 | 5000 |", id="joins the back of its price"
    ),
    pytest.param("e10 buys 15 @ 5050", "", 15, "e10:15 | 5050 |", id="opens a price inside the spread"),
    pytest.param("e10 sells 15 @ 5300", "", 15, "| 5300 | e10:15", id="opens a price behind the best"),
    pytest.param("e10 sells 15 @ 9999", "", 15, "| 9999 | c9:90 e10:15", id="joins the worst price there is"),
    pytest.param(
        "e10 buys 5 @ 5100", "b6 5 @ 5100", 0, "| 5100 | b6:15 c7:30", id="takes part of the oldest"
    ),
    pytest.param("e10 buys 20 @ 5100", "b6 20 @ 5100", 0, "| 5100 | c7:30", id="takes the oldest whole"),
    pytest.param(
        "e10 buys 21 @ 5100", "b6 20 @ 5100, c7 1 @ 5100", 0, "| 5100 | c7:29", id="then the next oldest"
    ),
    pytest.param("e10 buys 5 @ 9999", "b6 5 @ 5100", 0, "| 5100 | b6:15 c7:30", id="pays the resting price"),
    pytest.param(
        "e10 buys 60 @ 5200",
        "b6 20 @ 5100, c7 30 @ 5100, d8 10 @ 5200",
        0,
        "| 5200 | d8:30",
        id="best price first",
    ),
    pytest.param(
        "e10 buys 60 @ 5100",
        "b6 20 @ 5100, c7 30 @ 5100",
        10,
        "e10:10 | 5100 |",
        id="what is left takes the price over",
    ),
    pytest.param(
        "e10 sells 95 @ 4900",
        "a1 10 @ 5000, b2 20 @ 5000, c3 30 @ 4900",
        35,
        "| 4900 | e10:35",
        id="sweeps two prices",
    ),
    pytest.param(
        "e10 sells 101 @ 1",
        "a1 10 @ 5000, b2 20 @ 5000, c3 30 @ 4900, a4 40 @ 1",
        1,
        "| 1 | e10:1",
        id="sweeps a whole side",
    ),
]

# An account that meets its own order stops there: the order | what it trades before | what remains
CROSSED_SELF = [
    pytest.param("b10 buys 50 @ 5100", "", 50, id="at the first order"),
    pytest.param("c10 buys 50 @ 5100", "b6 20 @ 5100", 30, id="within a price"),
    pytest.param("d10 buys 90 @ 5200", "b6 20 @ 5100, c7 30 @ 5100", 40, id="at a later price"),
    pytest.param("c10 sells 90 @ 4900", "a1 10 @ 5000, b2 20 @ 5000", 60, id="when selling"),
]

# Filled before it would reach its own order, or its own order is out of reach.
NOT_CROSSED_SELF = [
    pytest.param("c10 buys 20 @ 5100", "b6 20 @ 5100", 0, id="filled just before"),
    pytest.param(
        "d10 buys 60 @ 5150", "b6 20 @ 5100, c7 30 @ 5100", 10, id="its own price is worse than its limit"
    ),
    pytest.param("a10 buys 10 @ 5000", "", 10, id="its own order on the same side"),
]


@pytest.fixture(params=[NaiveBook, FastBook])
def make_book(request: pytest.FixtureRequest) -> Callable[[], Book]:
    implementation: Callable[[], Book] = request.param
    return implementation


@pytest.fixture
def empty(make_book: Callable[[], Book]) -> Book:
    return make_book()


@pytest.fixture
def book(empty: Book) -> Book:
    fill(empty, STANDING)
    return empty


class TestBook:
    """Price/time priority, and a book that says what it holds."""

    def test_an_empty_book_holds_nothing(self, empty: Book) -> None:
        assert len(empty) == 0
        assert list(empty.resting()) == []
        assert (empty.best(Side.BUY), empty.best(Side.SELL)) == (None, None)
        assert (empty.levels(Side.BUY, 10), empty.levels(Side.SELL, 10)) == ([], [])
        assert empty.get(1) is None

    def test_what_rests_is_told_in_priority_order(self, book: Book) -> None:
        assert draw(book.resting()) == tidy(STANDING)
        assert [order.order_id for order in book.resting()] == [1, 2, 3, 4, 6, 7, 8, 9]
        assert len(book) == 8

    def test_less_of_an_order_leaves_its_place_to_nobody(self, book: Book) -> None:
        before = [order.order_id for order in book.resting()]
        first = next(iter(book.resting()))
        price, left = first.price, sum(quantity for _, quantity in book.levels(first.side, 10)) - 4
        book.reduce(first.order_id, 4)
        assert [order.order_id for order in book.resting()] == before
        reduced = book.get(before[0])
        assert reduced is not None
        assert (reduced.price, reduced.quantity) == (price, 6)
        assert sum(quantity for _, quantity in book.levels(first.side, 10)) == left
        with pytest.raises(AssertionError, match="something of a reduced order stays"):
            book.reduce(before[0], 6)

    def test_each_side_has_its_queue(self, book: Book) -> None:
        assert [order.order_id for order in book.queue(Side.BUY)] == [1, 2, 3, 4]
        assert [order.order_id for order in book.queue(Side.SELL)] == [6, 7, 8, 9]

    def test_the_best_prices_are_the_highest_bid_and_the_lowest_offer(self, book: Book) -> None:
        assert (book.best(Side.BUY), book.best(Side.SELL)) == (5000, 5100)

    def test_levels_sum_up_the_orders_of_a_price(self, book: Book) -> None:
        assert book.levels(Side.BUY, 10) == [(5000, 30), (4900, 30), (1, 40)]
        assert book.levels(Side.SELL, 10) == [(5100, 50), (5200, 40), (9999, 90)]
        assert book.levels(Side.SELL, 2) == [(5100, 50), (5200, 40)]
        assert book.levels(Side.SELL, 0) == []

    @pytest.mark.parametrize(("sentence", "traded", "left", "row"), PLACED)
    def test_an_order_trades_by_price_and_time(
        self, book: Book, sentence: str, traded: str, left: int, row: str
    ) -> None:
        match = place(book, sentence)
        assert (trades(match.fills), match.left, match.crossed_self) == (traded, left, False)
        assert tidy(f"bid | price | offer\n{row}").splitlines()[1] in draw(book.resting()).splitlines()

    def test_a_sweep_leaves_the_rest_of_the_book_as_it_was(self, book: Book) -> None:
        place(book, "e10 buys 60 @ 5200")
        assert draw(book.resting()) == tidy("""
            bid         | price | offer
                        |  9999 | c9:90
                        |  5200 | d8:30
            a1:10 b2:20 |  5000 |
            c3:30       |  4900 |
            a4:40       |     1 |
        """)
        assert book.levels(Side.SELL, 10) == [(5200, 30), (9999, 90)]

    @pytest.mark.parametrize(("sentence", "traded", "left"), CROSSED_SELF)
    def test_an_order_stops_at_one_of_its_own_account(
        self, book: Book, sentence: str, traded: str, left: int
    ) -> None:
        _, match = ask(book, sentence)
        assert (trades(match.fills), match.left, match.crossed_self) == (traded, left, True)

    @pytest.mark.parametrize(("sentence", "traded", "left"), NOT_CROSSED_SELF)
    def test_an_order_out_of_reach_is_not_crossed(
        self, book: Book, sentence: str, traded: str, left: int
    ) -> None:
        _, match = ask(book, sentence)
        assert (trades(match.fills), match.left, match.crossed_self) == (traded, left, False)

    @pytest.mark.parametrize("sentence", ["e10 buys 999 @ 9999", "c10 buys 999 @ 9999", "e10 buys 1 @ 1"])
    def test_asking_changes_nothing(self, book: Book, sentence: str) -> None:
        before = book.state_hash()
        assert ask(book, sentence) == ask(book, sentence)
        assert book.state_hash() == before

    def test_fills_are_numbered_from_the_number_given(self, book: Book) -> None:
        _, match = ask(book, "e10 buys 60 @ 5200", first_execution_id=700)
        assert [fill.execution_id for fill in match.fills] == [700, 701, 702]

    def test_a_partly_filled_order_keeps_its_place(self, book: Book) -> None:
        place(book, "e10 buys 5 @ 5100")
        place(book, "e11 sells 5 @ 5100")
        assert trades(ask(book, "f12 buys 99 @ 5100")[1].fills) == "b6 15 @ 5100, c7 30 @ 5100, e11 5 @ 5100"

    def test_an_order_is_told_as_it_rests_now(self, book: Book) -> None:
        place(book, "e10 buys 25 @ 5100")
        assert book.get(6) is None
        assert book.get(7) == Resting(7, 3, Side.SELL, 5100, 25)

    @pytest.mark.parametrize("order_id", [1, 2, 3, 4, 6, 7, 8, 9])
    def test_a_removed_order_is_gone_and_the_others_stay(self, book: Book, order_id: int) -> None:
        others = [order for order in book.resting() if order.order_id != order_id]
        (expected,) = (order for order in read(STANDING) if order.order_id == order_id)
        assert book.get(order_id) == expected
        expected.live = False
        assert book.remove(order_id) == expected
        assert book.get(order_id) is None
        assert list(book.resting()) == others
        assert len(book) == 7

    def test_the_best_price_moves_when_its_last_order_is_removed(self, book: Book) -> None:
        for order_id in (1, 2, 7, 6):
            book.remove(order_id)
        assert (book.best(Side.BUY), book.best(Side.SELL)) == (4900, 5200)

    def test_a_side_can_empty_and_fill_again(self, book: Book) -> None:
        place(book, "e10 buys 180 @ 9999")
        assert (len(book), book.best(Side.SELL)) == (4, None)
        place(book, "e11 sells 5 @ 5001")
        assert book.levels(Side.SELL, 10) == [(5001, 5)]

    def test_removing_what_does_not_rest_is_an_error(self, book: Book) -> None:
        before = book.state_hash()
        with pytest.raises(KeyError):
            book.remove(5)
        assert book.state_hash() == before

    def test_many_cancels_within_a_price_leave_the_others_in_their_order(self, empty: Book) -> None:
        for order_id in range(1, 201):
            empty.rest(order_id, 1, Side.BUY, 5000, order_id)
        for order_id in [*range(200, 100, -2), *range(3, 100), 1]:
            empty.remove(order_id)
        left = [2, 100, *range(101, 200, 2)]
        assert [order.order_id for order in empty.resting()] == left
        assert empty.levels(Side.BUY, 1) == [(5000, sum(left))]
        assert [fill.order_id for fill in place(empty, "b300 sells 99999 @ 1").fills] == left
        assert empty.best(Side.BUY) is None

    def test_an_id_that_was_removed_may_rest_again_at_the_back(self, book: Book) -> None:
        order = book.remove(6)
        book.rest(order.order_id, order.account_id, order.side, order.price, order.quantity)
        assert trades(ask(book, "e10 buys 40 @ 5100")[1].fills) == "c7 30 @ 5100, b6 10 @ 5100"

    @pytest.mark.parametrize("quantity", [0, -1])
    def test_nothing_cannot_rest(self, book: Book, quantity: int) -> None:
        with pytest.raises(AssertionError):
            book.rest(10, 1, Side.BUY, 5000, quantity)

    @pytest.mark.parametrize("side", Side)
    @pytest.mark.parametrize("price", [-1, 0, 10_000])
    def test_a_price_that_does_not_exist_cannot_rest(self, empty: Book, side: Side, price: int) -> None:
        with pytest.raises(AssertionError):
            empty.rest(10, 1, side, price, 10)

    @pytest.mark.parametrize(
        ("side", "price"), [(Side.BUY, 5100), (Side.BUY, 9999), (Side.SELL, 5000), (Side.SELL, 1)]
    )
    def test_what_would_trade_cannot_rest(self, book: Book, side: Side, price: int) -> None:
        with pytest.raises(AssertionError):
            book.rest(10, 1, side, price, 10)

    def test_a_younger_order_cannot_trade_first(self, book: Book) -> None:
        first, second = ask(book, "e10 buys 50 @ 5100")[1].fills
        with pytest.raises(AssertionError):
            book.take([second, first])

    def test_an_order_cannot_rest_twice(self, book: Book) -> None:
        with pytest.raises(AssertionError):
            book.rest(1, 1, Side.BUY, 4000, 10)

    def test_a_fill_cannot_take_more_than_is_left(self, book: Book) -> None:
        _, match = ask(book, "e10 buys 15 @ 5100")
        place(book, "e11 buys 10 @ 5100")
        with pytest.raises(AssertionError):
            book.take(match.fills)

    def test_the_hash_is_that_of_the_orders_in_priority_order(self, empty: Book) -> None:
        empty.rest(3, 4, Side.SELL, 5100, 10)
        empty.rest(1, 2, Side.BUY, 5000, 30)
        expected = hashlib.sha256(b"1,2,buy,5000,30\n3,4,sell,5100,10\n").hexdigest()
        assert empty.state_hash() == expected

    def test_the_hash_tells_books_apart(self, make_book: Callable[[], Book]) -> None:
        drawings = [
            "bid | price | offer",
            "bid | price | offer \n a1:10 | 5000 |",
            "bid | price | offer \n a1:11 | 5000 |",
            "bid | price | offer \n b1:10 | 5000 |",
            "bid | price | offer \n a2:10 | 5000 |",
            "bid | price | offer \n a1:10 | 5001 |",
            "bid | price | offer \n       | 5000 | a1:10",
            "bid | price | offer \n a1:10 a2:10 | 5000 |",
            "bid | price | offer \n a2:10 a1:10 | 5000 |",
        ]
        hashes = []
        for drawing in drawings:
            book = make_book()
            fill(book, drawing)
            hashes.append(book.state_hash())
        assert len(set(hashes)) == len(drawings)

    def test_a_book_rests_again_from_what_it_tells(self, book: Book, make_book: Callable[[], Book]) -> None:
        place(book, "e10 buys 25 @ 5100")
        place(book, "e11 sells 7 @ 5200")
        again = make_book()
        for order in book.resting():
            again.rest(order.order_id, order.account_id, order.side, order.price, order.quantity)
        assert again.state_hash() == book.state_hash()
        assert ask(again, "f12 sells 999 @ 1") == ask(book, "f12 sells 999 @ 1")

    def test_a_recorded_flow_leads_to_the_recorded_trades(
        self, empty: Book, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = REAL_FLOW
        if not path.exists():
            path = SYNTHETIC_FLOW
            with capsys.disabled():
                print(f"\n{REAL_FLOW} is not here: running {path.name} instead")  # noqa: T201 - a reader must know
        assert_leads_to_the_recorded_trades(empty, path)

    def test_a_synthetic_flow_leads_to_the_recorded_trades(self, empty: Book) -> None:
        assert_leads_to_the_recorded_trades(empty, SYNTHETIC_FLOW)


def assert_leads_to_the_recorded_trades(book: Book, path: Path) -> None:
    """Runs a flow file, every order of an account of its own, and compares with its oracle."""
    recorded = json.loads(path.with_suffix(".oracle.json").read_text())
    traded: list[Trade] = []
    for operation in read_flow(path):
        taker_id = operation.order_id
        if operation.is_cancel:
            book.remove(taker_id)
            continue
        match = book.match(taker_id, operation.side, operation.price, operation.quantity, len(traded) + 1)
        book.take(match.fills)
        if match.left:
            book.rest(taker_id, taker_id, operation.side, operation.price, match.left)
        traded += [Trade(fill.order_id, taker_id, fill.price, fill.quantity) for fill in match.fills]
    assert {
        "trades": len(traded),
        "volume": sum(trade.quantity for trade in traded),
        "sha256": digest_of_trades(traded),
        "live_end": len(book),
        "levels_end": [len(book.levels(side, 10_000)) for side in (Side.BUY, Side.SELL)],
    } == {key: recorded[key] for key in ("trades", "volume", "sha256", "live_end", "levels_end")}
