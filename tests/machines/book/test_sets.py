"""Owns the proof of cross-matching: each line of the rule by example, and any history beside the obvious.

Never knows the market around the books.
Called by pytest.
"""

from collections.abc import Mapping

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from actors.machines.book import FastBook, Match, NaiveBook, SetBooks, sets
from actors.machines.book.interface import Book
from actors.machines.limits import PRICE_SCALE
from actors.machines.messages.words import Side
from tests.machines.book.drawing import ACCOUNTS
from tests.machines.book.obvious_sets import ObviousSets

ANYWHERE = st.none() | st.sampled_from([1, 2, 9_998, 9_999]) | st.integers(1, 9_999)
"""A price; mostly none, so that it is near the one at which all contracts are worth the same."""


def market(*books: str) -> tuple[SetBooks, Mapping[int, Book]]:
    """Contracts 1, 2... with these orders: ``a1 buys 10 @ 6000, b2 sells 5 @ 7000``."""
    made: dict[int, Book] = {contract_id: FastBook() for contract_id in range(1, len(books) + 1)}
    for contract_id, sentences in enumerate(books, start=1):
        for sentence in filter(None, sentences.split(", ")):
            account_id, order_id, side, quantity, price = read(sentence)
            made[contract_id].rest(order_id, account_id, side, price, quantity)
    return SetBooks(made), made


def read(sentence: str) -> tuple[int, int, Side, int, int]:
    name, verb, quantity, _, price = sentence.split()
    side = {"buys": Side.BUY, "sells": Side.SELL}[verb]
    return ACCOUNTS.index(name[0]), int(name[1:]), side, int(quantity), int(price)


def told(match: Match) -> str:
    """What trades, in its order: ``2 5 @ 4000`` directly, ``[5 @ 4000: 2 3500, 3 2500]`` in a set."""
    trades = {fill.execution_id: f"{fill.order_id} {fill.quantity} @ {fill.price}" for fill in match.fills}
    for one in match.sets:
        legs = ", ".join(f"{leg.order_id} {leg.price}" for leg in one.legs)
        trades[one.execution_id] = f"[{one.quantity} @ {one.price}: {legs}]"
    return " ".join(trades[execution_id] for execution_id in sorted(trades))


TWO = ("", "b2 buys 10 @ 4000, b3 buys 10 @ 4000, c4 buys 10 @ 3900")
THREE = ("", "b2 buys 10 @ 4000", "c3 buys 4 @ 3500, d4 buys 9 @ 3000")
OFFERS = ("", "b2 sells 10 @ 3000", "c3 sells 4 @ 3500, d4 sells 9 @ 4000")

# Books | what arrives for contract 1 | what trades | what is left
ARRIVALS = [
    pytest.param(TWO, "a1 buys 5 @ 6000", "[5 @ 6000: 2 4000]", 0, id="two buys make a set"),
    pytest.param(TWO, "a1 buys 5 @ 5999", "", 5, id="two buys that leave a loss don't"),
    pytest.param(TWO, "a1 buys 5 @ 9000", "[5 @ 6000: 2 4000]", 0, id="the improvement is who arrives'"),
    pytest.param(
        TWO,
        "a1 buys 25 @ 6100",
        "[10 @ 6000: 2 4000] [10 @ 6000: 3 4000] [5 @ 6100: 4 3900]",
        0,
        id="makers by price, then by time",
    ),
    pytest.param(
        TWO, "a1 buys 21 @ 6000", "[10 @ 6000: 2 4000] [10 @ 6000: 3 4000]", 1, id="up to its limit"
    ),
    pytest.param(THREE, "a1 buys 3 @ 2500", "[3 @ 2500: 2 4000, 3 3500]", 0, id="one of each other contract"),
    pytest.param(
        THREE,
        "a1 buys 9 @ 3000",
        "[4 @ 2500: 2 4000, 3 3500] [5 @ 3000: 2 4000, 4 3000]",
        0,
        id="the least of all sides, then it is looked again",
    ),
    pytest.param(OFFERS, "a1 sells 3 @ 3500", "[3 @ 3500: 2 3000, 3 3500]", 0, id="sells take a set apart"),
    pytest.param(OFFERS, "a1 sells 3 @ 3501", "", 3, id="not at a price that leaves a loss"),
    pytest.param(
        OFFERS, "a1 sells 3 @ 100", "[3 @ 3500: 2 3000, 3 3500]", 0, id="and who sells gets what is missing"
    ),
    pytest.param(
        ("d9 sells 5 @ 6000", *TWO[1:]),
        "a1 buys 8 @ 6000",
        "9 5 @ 6000 [3 @ 6000: 2 4000]",
        0,
        id="directly first at an equal price",
    ),
    pytest.param(
        ("d9 sells 5 @ 6001", *TWO[1:]),
        "a1 buys 21 @ 6001",
        "[10 @ 6000: 2 4000] [10 @ 6000: 3 4000] 9 1 @ 6001",
        0,
        id="in a set first at a better price",
    ),
    pytest.param(
        ("d9 sells 5 @ 6001", "b2 buys 10 @ 4000"),
        "a1 buys 12 @ 6100",
        "[10 @ 6000: 2 4000] 9 2 @ 6001",
        0,
        id="directly once there are no sets any more",
    ),
    pytest.param(
        ("", "b2 sells 9 @ 3000", "c3 sells 4 @ 3500, d4 sells 9 @ 9000"),
        "a1 sells 9 @ 1",
        "[4 @ 3500: 2 3000, 3 3500]",
        5,
        id="offers of more than everything are in no set, at whatever price somebody sells",
    ),
    pytest.param(
        ("", "b2 sells 9 @ 3000", "c3 sells 4 @ 3500, d4 sells 2 @ 6999, d5 sells 9 @ 7000"),
        "a1 sells 9 @ 1",
        "[4 @ 3500: 2 3000, 3 3500] [2 @ 1: 2 3000, 4 6999]",
        3,
        id="down to a price of 1, and not to one of 0",
    ),
    pytest.param(
        ("d9 buys 5 @ 3500", *OFFERS[1:]),
        "a1 sells 6 @ 3000",
        "9 5 @ 3500 [1 @ 3500: 2 3000, 3 3500]",
        0,
        id="directly first when selling",
    ),
    pytest.param(
        ("d9 buys 5 @ 3501", *OFFERS[1:]),
        "a1 sells 10 @ 3000",
        "9 5 @ 3501 [4 @ 3500: 2 3000, 3 3500] [1 @ 3000: 2 3000, 4 4000]",
        0,
        id="the better bid first when selling",
    ),
    pytest.param(
        ("", "b2 buys 10 @ 4000", ""), "a1 buys 5 @ 9999", "", 5, id="no set while a contract has no bid"
    ),
    pytest.param(
        ("", "b2 buys 9 @ 6000", "c3 buys 9 @ 5500"),
        "a1 buys 5 @ 100",
        "[5 @ 1: 2 4499, 3 5500]",
        0,
        id="bids of more than everything: the highest pays less",
    ),
    pytest.param(
        ("", "b2 buys 9 @ 9000", "c3 buys 9 @ 9999", "d4 buys 9 @ 9000"),
        "a1 buys 5 @ 1",
        "[5 @ 1: 2 998, 3 1, 4 9000]",
        0,
        id="of two that are highest the earlier contract's, each down to 1",
    ),
    pytest.param(
        ("", "b2 buys 9 @ 5000", "c3 buys 9 @ 4999"),
        "a1 buys 5 @ 1",
        "[5 @ 1: 2 5000, 3 4999]",
        0,
        id="nothing is given away at exactly 1",
    ),
]

# Books | what arrives for contract 1 | what trades before it meets its own account | what is left
OWN = [
    pytest.param(TWO, "b1 buys 5 @ 6000", "", 5, id="in a set of two"),
    pytest.param(THREE, "d1 buys 9 @ 3000", "[4 @ 2500: 2 4000, 3 3500]", 5, id="later on"),
    pytest.param(
        ("b9 sells 5 @ 6000", *TWO[1:]), "b1 buys 5 @ 6000", "", 5, id="directly, where that is first"
    ),
]


@pytest.mark.parametrize(("books", "sentence", "traded", "left"), ARRIVALS)
def test_what_an_order_trades(books: tuple[str, ...], sentence: str, traded: str, left: int) -> None:
    account_id, _, side, quantity, price = read(sentence)
    match = market(*books)[0].of(1).match(account_id, side, price, quantity, 1)
    assert (told(match), match.left, match.crossed_self) == (traded, left, False)


@pytest.mark.parametrize(("books", "sentence", "traded", "left"), OWN)
def test_own_orders_are_a_self_trade(books: tuple[str, ...], sentence: str, traded: str, left: int) -> None:
    account_id, _, side, quantity, price = read(sentence)
    match = market(*books)[0].of(1).match(account_id, side, price, quantity, 1)
    assert (told(match), match.left, match.crossed_self) == (traded, left, True)


def test_past_own_orders_it_is_looked_again_each_time() -> None:
    books, _ = market("", "b2 buys 9 @ 4000, c9 buys 9 @ 3000", "b3 buys 9 @ 3500, d4 buys 9 @ 2000")
    match = books.of(1).match(2, Side.BUY, 3400, 5, 1, True)
    assert (told(match), match.left, [order.order_id for order in match.own]) == ("", 5, [2])
    match = books.of(1).match(2, Side.BUY, 6000, 5, 1, True)
    assert (told(match), [order.order_id for order in match.own]) == ("[5 @ 5000: 9 3000, 4 2000]", [2, 3])


def test_an_order_has_so_many_sets_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sets, "SET_LEGS_PER_ARRIVAL_MAX", 2)
    books, _ = market("d9 sells 5 @ 6000, d8 sells 5 @ 6001", *TWO[1:])
    match = books.of(1).match(1, Side.BUY, 6100, 40, 1)
    assert (told(match), match.left, match.cut) == (
        "9 5 @ 6000 [10 @ 6000: 2 4000] [10 @ 6000: 3 4000] 8 5 @ 6001",
        10,
        True,
    )
    match = books.of(1).match(1, Side.BUY, 6000, 40, 1)
    assert (match.left, match.cut) == (15, False)


def test_of_more_contracts_it_has_fewer_sets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sets, "SET_LEGS_PER_ARRIVAL_MAX", 3)
    match = market(*THREE)[0].of(1).match(1, Side.BUY, 3000, 9, 1)
    assert (told(match), match.left, match.cut) == ("[4 @ 2500: 2 4000, 3 3500]", 5, True)


def test_two_orders_of_one_account_may_be_in_one_set() -> None:
    books, _ = market("", "b2 buys 5 @ 4000", "b3 buys 5 @ 4000")
    assert told(books.of(1).match(1, Side.BUY, 2000, 5, 1)) == "[5 @ 2000: 2 4000, 3 4000]"


def test_every_side_of_a_set_is_an_execution_numbered_in_order_of_trading() -> None:
    books, _ = market("d9 sells 5 @ 2600", *THREE[1:])
    match = books.of(1).match(1, Side.BUY, 3000, 15, 70)
    numbers = [(one.execution_id, *(leg.execution_id for leg in one.legs)) for one in match.sets]
    assert (numbers, [fill.execution_id for fill in match.fills]) == ([(70, 71, 72), (74, 75, 76)], [73])


def test_what_trades_leaves_the_books() -> None:
    books, contracts = market("d9 sells 5 @ 2600", *THREE[1:])
    match = books.of(1).match(1, Side.BUY, 2600, 7, 1)
    contracts[1].take(match.fills)
    books.take(match.sets)
    left = {
        contract_id: [order.quantity for order in book.resting()] for contract_id, book in contracts.items()
    }
    assert left == {1: [2], 2: [6], 3: [9]}
    books.touched(1)
    assert told(books.of(1).match(1, Side.BUY, 3000, 1, 1)) == "9 1 @ 2600"


def test_its_hash_is_that_of_best_prices_whatever_they_were_before() -> None:
    books, contracts = market("d9 sells 5 @ 2600", "b2 buys 10 @ 4000")
    again, _ = market("d9 sells 5 @ 2600", "b2 buys 10 @ 4000, c3 buys 1 @ 3000")
    assert books.state_hash() == again.state_hash() == "[0, 4000] [2600, 0]"
    contracts[1].remove(9)
    books.touched(1)
    assert books.state_hash() == "[0, 4000] [0, 0]"


class Beside(RuleBasedStateMachine):
    """Whatever happens, the books trade as the obvious matcher does."""

    @initialize(contracts=st.integers(2, 4), naive=st.booleans())
    def start(self, contracts: int, naive: bool) -> None:
        self.contract_ids = range(11, 11 + contracts)
        self.contracts: dict[int, Book] = {
            contract_id: NaiveBook() if naive else FastBook() for contract_id in self.contract_ids
        }
        self.books = SetBooks(self.contracts)
        self.obvious = ObviousSets(self.contract_ids)
        self.prices: dict[int, tuple[Side, int]] = {}
        self.next_order_id = 1
        self.next_execution_id = 1

    @rule(
        at=st.integers(0, 3),
        account_id=st.integers(1, 4),
        side=st.sampled_from(Side),
        near=st.integers(-8, 8),
        anywhere=ANYWHERE,
        quantity=st.integers(1, 6),
        past_own=st.booleans(),
    )
    def arrive(
        self,
        at: int,
        account_id: int,
        side: Side,
        near: int,
        anywhere: int | None,
        quantity: int,
        past_own: bool,
    ) -> None:
        """As the market does it: own orders are cancelled, then what trades is taken, what is left rests."""
        contract_id = self.contract_ids[at % len(self.contract_ids)]
        price = anywhere or PRICE_SCALE // len(self.contract_ids) + near
        order = (account_id, side, price, quantity, self.next_execution_id)
        match = self.books.of(contract_id).match(*order, past_own)
        right = self.obvious.match(contract_id, *order, past_own=past_own)
        assert match == right
        self.judge(match, side, price)
        for own in match.own:
            book = next(book for book in self.contracts.values() if book.get(own.order_id))
            book.remove(own.order_id)
        self.contracts[contract_id].take(match.fills)
        self.books.take(match.sets)
        self.next_execution_id += len(match.fills) + len(self.contract_ids) * len(match.sets)
        if match.left and not match.crossed_self:
            rests = (self.next_order_id, account_id, side, price, match.left)
            self.contracts[contract_id].rest(*rests)
            self.obvious.rest(contract_id, *rests)
            self.prices[self.next_order_id] = side, price
        for each in self.contract_ids if match.own else [contract_id]:
            self.books.touched(each)
        self.next_order_id += 1

    @precondition(lambda self: self.obvious.orders)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        order = data.draw(st.sampled_from(self.obvious.orders))
        self.obvious.remove(order.order_id)
        self.contracts[order.contract_id].remove(order.order_id)
        self.books.touched(order.contract_id)

    @invariant()
    def they_hold_the_same(self) -> None:
        held = {
            (contract_id, order.order_id, order.quantity)
            for contract_id, book in self.contracts.items()
            for order in book.resting()
        }
        assert held == {(order.contract_id, order.order_id, order.left) for order in self.obvious.orders}

    @invariant()
    def the_best_prices_are_known(self) -> None:
        assert self.books.state_hash() == SetBooks(self.contracts).state_hash()

    @invariant()
    def nothing_is_left_that_could_trade(self) -> None:
        assert not self.obvious.is_crossed()
        for side in Side:
            best = [book.best(side) for book in self.contracts.values()]
            known = [price for price in best if price is not None]
            if len(known) == len(best):
                assert sum(known) < PRICE_SCALE if side is Side.BUY else sum(known) > PRICE_SCALE

    def judge(self, match: Match, side: Side, price: int) -> None:
        """A set costs exactly what it pays, and nobody trades at worse than their own price."""
        for one in match.sets:
            assert one.price + sum(leg.price for leg in one.legs) == PRICE_SCALE
            own = [(side, price, one.price)]
            own += [(*self.prices[leg.order_id], leg.price) for leg in one.legs]
            for its_side, its_price, traded in own:
                assert traded <= its_price if its_side is Side.BUY else traded >= its_price


TestBeside = Beside.TestCase
TestBeside.settings = settings(max_examples=100, stateful_step_count=40)
