"""Owns the comparison of the fast book with the obvious one, over any history that hypothesis thinks of.

Never repeats what ``test_interface.py`` says of both.
Called by pytest.
"""

from copy import copy
from unittest.mock import patch

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from actors.machines.book import FastBook, Match, NaiveBook, Resting
from actors.machines.book import fast as fast_module
from actors.machines.limits import PRICE_MAX, PRICE_MIN
from actors.machines.messages.words import Side

# Mostly crowded prices, so that orders queue up and meet; now and then any price at all.
PRICES = st.integers(4997, 5003) | st.sampled_from([PRICE_MIN, PRICE_MAX]) | st.integers(PRICE_MIN, PRICE_MAX)
QUANTITIES = st.integers(1, 9) | st.integers(1, 10**10)
ACCOUNTS = st.integers(1, 4)
SIDES = st.sampled_from(Side)
DEPTH_OF_ALL = PRICE_MAX


class TwoBooks(RuleBasedStateMachine):
    """Whatever happens to both books: equal answers, equal contents, and the promises of a market."""

    @initialize()
    def start(self) -> None:
        # A queue of a few orders is to see what otherwise takes dozens of cancels.
        self.few_dead = patch.object(fast_module, "DEAD_KEPT", 1)
        self.few_dead.start()
        self.naive = NaiveBook()
        self.fast = FastBook()
        self.next_order_id = 1
        self.next_execution_id = 1
        self.quantity_in = 0
        self.quantity_out = 0

    def teardown(self) -> None:
        self.few_dead.stop()

    @rule(account_id=ACCOUNTS, side=SIDES, price=PRICES, quantity=QUANTITIES)
    def place(self, account_id: int, side: Side, price: int, quantity: int) -> None:
        """As the market does it: match, take, rest what is left unless it met its own account."""
        match = self.ask(account_id, side, price, quantity)
        self.judge(match, account_id, side, price, quantity)
        self.quantity_in += quantity
        self.quantity_out += 2 * (quantity - match.left)
        self.next_execution_id += len(match.fills)
        for book in (self.naive, self.fast):
            book.take(match.fills)
        if match.crossed_self:
            self.quantity_out += match.left
        elif match.left:
            for book in (self.naive, self.fast):
                book.rest(self.next_order_id, account_id, side, price, match.left)
        self.next_order_id += 1

    @rule(account_id=ACCOUNTS, side=SIDES, price=PRICES, quantity=QUANTITIES)
    def only_ask(self, account_id: int, side: Side, price: int, quantity: int) -> None:
        """A rule that asks first and then decides against it; the invariants see that nothing moved."""
        self.ask(account_id, side, price, quantity)

    @rule(account_id=ACCOUNTS, side=SIDES, price=PRICES, quantity=QUANTITIES)
    def go_past_its_own(self, account_id: int, side: Side, price: int, quantity: int) -> None:
        """Orders of its own account on the way leave; then it trades as if they had never been there."""
        match = self.naive.match(account_id, side, price, quantity, self.next_execution_id, past_own=True)
        fast = self.fast.match(account_id, side, price, quantity, self.next_execution_id, past_own=True)
        assert (fast, fast.crossed_self) == (match, False)
        own = [copy(order) for order in match.own]
        assert all(order.account_id == account_id and is_tradable(order, side, price) for order in own)
        for order in own:
            for book in (self.naive, self.fast):
                book.remove(order.order_id)
            self.quantity_out += order.quantity
        assert self.ask(account_id, side, price, quantity) == Match(match.fills, match.left, False)

    @precondition(lambda self: len(self.naive) > 0)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        order = copy(data.draw(st.sampled_from(list(self.naive.resting()))))
        assert self.fast.get(order.order_id) == order
        order.live = False
        assert self.naive.remove(order.order_id) == self.fast.remove(order.order_id) == order
        assert self.fast.get(order.order_id) is None
        self.quantity_out += order.quantity

    @precondition(lambda self: len(self.naive) > 0)
    @rule(data=st.data())
    def lose_priority(self, data: st.DataObject) -> None:
        """The same id rests again, behind the others."""
        order = data.draw(st.sampled_from(list(self.naive.resting())))
        for book in (self.naive, self.fast):
            book.remove(order.order_id)
            book.rest(order.order_id, order.account_id, order.side, order.price, order.quantity)

    @precondition(lambda self: any(order.quantity > 1 for order in self.naive.resting()))
    @rule(data=st.data())
    def reduce(self, data: st.DataObject) -> None:
        """It becomes less of it, in its place."""
        large = [order for order in self.naive.resting() if order.quantity > 1]
        order = data.draw(st.sampled_from(large))
        quantity = data.draw(st.integers(0, order.quantity - 1))
        before = [resting.order_id for resting in self.naive.resting()]
        for book in (self.naive, self.fast):
            book.reduce(order.order_id, quantity)
        assert [resting.order_id for resting in self.fast.resting()] == before
        self.quantity_out += quantity

    @rule()
    def destroy_and_restore(self) -> None:
        """What a book tells of itself is all that there is to it."""
        again = FastBook()
        for order in self.fast.resting():
            again.rest(order.order_id, order.account_id, order.side, order.price, order.quantity)
        self.fast = again

    @invariant()
    def both_hold_the_same(self) -> None:
        assert list(self.fast.resting()) == list(self.naive.resting())
        assert self.fast.state_hash() == self.naive.state_hash()
        assert len(self.fast) == len(self.naive)
        for side in Side:
            assert self.fast.best(side) == self.naive.best(side)
            for depth in (0, 2, DEPTH_OF_ALL):
                assert self.fast.levels(side, depth) == self.naive.levels(side, depth)

    @invariant()
    def it_is_never_crossed(self) -> None:
        bid, offer = self.fast.best(Side.BUY), self.fast.best(Side.SELL)
        assert bid is None or offer is None or bid < offer

    @invariant()
    def quantity_is_conserved(self) -> None:
        """What came in rests, or traded (away from both sides), or was cancelled."""
        levels = [level for side in Side for level in self.fast.levels(side, DEPTH_OF_ALL)]
        assert self.quantity_in == self.quantity_out + sum(quantity for _, quantity in levels)

    def ask(self, account_id: int, side: Side, price: int, quantity: int) -> Match:
        match = self.naive.match(account_id, side, price, quantity, self.next_execution_id)
        assert self.fast.match(account_id, side, price, quantity, self.next_execution_id) == match
        return match

    def judge(self, match: Match, account_id: int, side: Side, price: int, quantity: int) -> None:
        """The fills are the first orders that the price allows, each whole but the last."""
        within = [order for order in self.naive.resting() if is_tradable(order, side, price)]
        makers = within[: len(match.fills)]
        assert [(fill.order_id, fill.account_id, fill.price) for fill in match.fills] == [
            (order.order_id, order.account_id, order.price) for order in makers
        ]
        assert [fill.quantity for fill in match.fills[:-1]] == [order.quantity for order in makers[:-1]]
        assert all(fill.account_id != account_id for fill in match.fills)
        assert sum(fill.quantity for fill in match.fills) + match.left == quantity
        following = within[len(makers) : len(makers) + 1]
        assert match.crossed_self == (match.left > 0 and any(o.account_id == account_id for o in following))
        assert match.left == 0 or match.crossed_self or not following


def is_tradable(order: Resting, side: Side, price: int) -> bool:
    return order.side is not side and (order.price <= price if side is Side.BUY else order.price >= price)


TestTwoBooks = TwoBooks.TestCase
TestTwoBooks.settings = settings(max_examples=150, stateful_step_count=40)
