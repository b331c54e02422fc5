"""Owns the tests of how an audit judges arrivals among complementary contracts: books, and what traded.

Never tests the exchange's own matching, but for the proof that what it does is found lawful.
Called by pytest.

Account 9 has an order of its own in the second contract. A set is ``(price, quantity, maker, maker)``, a fill
``(price, quantity, maker)``; makers are told by their order's number, or with the price that they trade at.
"""

from functools import cache
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from actors.auditing.books import AuditedBook
from actors.auditing.breaches import Findings, Rule
from actors.auditing.entries import Entry
from actors.auditing.sets import fills_told, judge_arrival, numbers_of
from actors.machines.book import FastBook, SetBooks
from actors.machines.book.interface import Book
from actors.machines.messages.book_events import OrderMatched
from actors.machines.messages.events import (
    Event,
    MarketCreated,
)
from actors.machines.messages.parts import Fill, MakerFill, OwnOrder, SetFill, SetLeg
from actors.machines.messages.words import Reason, Side, TimeInForce
from tests.auditing.recorded import audited, falsified, fields, found_in, rules
from tests.machines.cross_town import A, B, C, CrossTown
from tests.machines.town import LOT

BUY, SELL = Side.BUY, Side.SELL
FILL_OR_KILL: Final = TimeInForce.FILL_OR_KILL

ORDERS: Final = {
    1: (1, 1, SELL, 6_500, 5),
    2: (2, 2, BUY, 4_000, 5),
    3: (2, 9, BUY, 3_900, 5),
    4: (2, 2, BUY, 3_800, 5),
    5: (3, 3, BUY, 2_000, 3),
    6: (3, 4, BUY, 1_900, 9),
}
"""Order -> contract, account, side, price, quantity; contracts 1 to 3."""
Told = tuple[int | tuple[int, int], ...]


def standing() -> dict[int, AuditedBook]:
    books = {1: AuditedBook(), 2: AuditedBook(), 3: AuditedBook()}
    findings = Findings("markets-0")
    for order_id, (contract_id, account_id, side, price, quantity) in ORDERS.items():
        event = OrderMatched(1, contract_id, order_id, account_id, side, price, quantity, (), quantity, None)
        judge_arrival(event, books, findings)
    assert findings.take() == []
    return books


def arrived(
    price: int,
    quantity: int,
    *trades: Told,
    left: int | None = None,
    reason: Reason | None = None,
    account_id: int = 8,
    cancelled: tuple[OwnOrder, ...] = (),
    time_in_force: TimeInForce = TimeInForce.GOOD_TIL_CANCELLED,
) -> OrderMatched:
    """Order 50 buys contract 1."""
    fills: list[MakerFill] = []
    sets: list[SetFill] = []
    number = 1
    for traded_at, traded, *makers in trades:
        assert isinstance(traded_at, int)
        assert isinstance(traded, int)
        if len(makers) == 1:
            order_id, _ = _maker(makers[0])
            fills.append(MakerFill(number, order_id, ORDERS[order_id][1], traded_at, traded))
        else:
            named = list(map(_maker, makers))
            legs = tuple(
                SetLeg(number + nth, ORDERS[maker][0], maker, ORDERS[maker][1], its_price, 0)
                for nth, (maker, its_price) in enumerate(named, 1)
            )
            sets.append(SetFill(number, traded_at, traded, legs))
        number += len(makers) + (len(makers) > 1)
    done = sum(fill.quantity for fill in fills) + sum(one.quantity for one in sets)
    rest = quantity - done if left is None else left
    return OrderMatched(
        1,
        1,
        50,
        account_id,
        BUY,
        price,
        quantity,
        tuple(fills),
        rest,
        reason,
        cancelled=cancelled,
        time_in_force=time_in_force,
        sets=tuple(sets),
    )


def _maker(told: int | tuple[int, int]) -> tuple[int, int]:
    return (told, ORDERS[told][3]) if isinstance(told, int) else told


OWN: Final = OwnOrder(2, 3, BUY, 3_900, 5)
LESS: Final = OwnOrder(2, 3, BUY, 3_900, 4)
ELSEWHERE: Final = OwnOrder(7, 3, BUY, 3_900, 5)
FIRST: Final = (4_000, 3, 2, 5)
SECOND: Final = (4_100, 2, 2, 6)


@pytest.mark.parametrize(
    ("event", "broken"),
    [
        # Lawful.
        (arrived(3_999, 5), []),
        (arrived(4_000, 2, (4_000, 2, 2, 5)), []),
        (arrived(4_100, 5, FIRST, SECOND), []),
        (arrived(4_000, 5, FIRST), []),
        (arrived(4_100, 5, FIRST, SECOND, time_in_force=FILL_OR_KILL), []),
        (arrived(4_000, 5, reason=Reason.INSUFFICIENT_LIQUIDITY, time_in_force=FILL_OR_KILL), []),
        (arrived(6_500, 7, FIRST, SECOND, reason=Reason.SELF_TRADE, account_id=9), []),
        (arrived(6_500, 7, FIRST, SECOND, (4_300, 2, 4, 6), account_id=9, cancelled=(OWN,)), []),
        (arrived(6_500, 17, FIRST, SECOND, (4_200, 5, 3, 6), (4_300, 2, 4, 6), (6_500, 5, 1)), []),
        # Somebody was passed over.
        (arrived(6_500, 5, (6_500, 5, 1)), [Rule.PRIORITY]),
        (arrived(6_500, 2, (4_100, 2, 2, 6)), [Rule.PRIORITY]),
        (arrived(4_100, 5, (4_000, 2, 2, 5), (4_100, 3, 2, 6)), [Rule.PRIORITY]),
        (arrived(4_000, 5, reason=Reason.INSUFFICIENT_LIQUIDITY), [Rule.PRIORITY]),
        (arrived(6_500, 5, time_in_force=FILL_OR_KILL, reason=Reason.EXPIRED), [Rule.PRIORITY]),
        (arrived(4_000, 5, FIRST, time_in_force=FILL_OR_KILL, reason=Reason.EXPIRED), [Rule.PRIORITY]),
        # What could still be made into a set rests.
        (arrived(4_000, 5), [Rule.CROSSED]),
        (arrived(4_100, 5, FIRST), [Rule.CROSSED]),
        # At another price, or where nothing may trade.
        (arrived(4_000, 2, (3_900, 2, (2, 4_000), (5, 2_100))), [Rule.TRADE_THROUGH]),
        (arrived(3_900, 2, (3_900, 2, (2, 4_100), (5, 2_000))), [Rule.TRADE_THROUGH]),
        # A set is worth everything, no more and no less.
        (arrived(4_000, 2, (3_999, 2, 2, 5)), [Rule.CONSERVED, Rule.TRADE_THROUGH]),
        # Too much, or sums that don't add up.
        (arrived(4_000, 5, (4_000, 4, 2, 5)), [Rule.QUANTITY]),
        (arrived(4_000, 5, FIRST, left=1), [Rule.QUANTITY]),
        # Its own.
        (
            arrived(6_500, 6, FIRST, SECOND, (4_200, 1, 3, 6), account_id=9),
            [Rule.SELF_TRADE, Rule.TRADE_THROUGH],
        ),
        (arrived(4_000, 3, FIRST, reason=Reason.SELF_TRADE), [Rule.SELF_TRADE]),
        (arrived(4_000, 3, FIRST, account_id=9, cancelled=(OWN,)), [Rule.SELF_TRADE]),
        (
            arrived(6_500, 6, FIRST, SECOND, (4_300, 1, 4, 6), account_id=9, cancelled=(LESS,)),
            [Rule.ORDER],
        ),
        (
            arrived(6_500, 6, FIRST, SECOND, (4_300, 1, 4, 6), account_id=9, cancelled=(ELSEWHERE,)),
            [Rule.ORDER],
        ),
    ],
    ids=str,
)  # fmt: skip
def test_what_an_arriving_order_did(event: OrderMatched, broken: list[Rule]) -> None:
    findings = Findings("markets-0")
    judge_arrival(event, standing(), findings)
    assert [breach.rule for breach in findings.take()] == broken


def test_books_follow_what_the_log_says() -> None:
    books = standing()
    judge_arrival(arrived(4_100, 6, FIRST, SECOND), books, Findings("markets-0"))
    left = {order_id: order.left for book in books.values() for order_id, order in book.orders.items()}
    assert left == {1: 5, 3: 5, 4: 5, 6: 7, 50: 1}


def test_bids_of_more_than_everything_give_way() -> None:
    books = {contract_id: AuditedBook() for contract_id in (1, 2, 3, 4)}
    findings = Findings("markets-0")
    for contract_id, price in ((2, 9_000), (3, 9_999), (4, 9_000)):
        event = OrderMatched(1, contract_id, contract_id, contract_id, BUY, price, 5, (), 5, None)
        judge_arrival(event, books, findings)
    legs = (SetLeg(2, 2, 2, 2, 998, 8_002), SetLeg(3, 3, 3, 3, 1, 9_998), SetLeg(4, 4, 4, 4, 9_000))
    made = SetFill(1, 1, 5, legs)
    judge_arrival(OrderMatched(1, 1, 50, 8, BUY, 100, 5, (), 0, None, sets=(made,)), books, findings)
    assert findings.take() == []


def test_offers_of_more_than_everything_do_not() -> None:
    made = [
        SetFill(1, 3_500, 5, (SetLeg(2, 2, 2, 2, 3_000), SetLeg(3, 3, 3, 3, 3_500))),
        SetFill(4, 1, 3, (SetLeg(5, 2, 2, 2, 3_000), SetLeg(6, 3, 4, 4, 6_999, 2_001))),
    ]
    for sets, broken in ((made[:1], []), (made, [Rule.TRADE_THROUGH])):
        books = {contract_id: AuditedBook() for contract_id in (1, 2, 3)}
        findings = Findings("markets-0")
        for contract_id, order_id, price, quantity in ((2, 2, 3_000, 9), (3, 3, 3_500, 5), (3, 4, 9_000, 9)):
            event = OrderMatched(
                1, contract_id, order_id, order_id, SELL, price, quantity, (), quantity, None
            )
            judge_arrival(event, books, findings)
        left = 8 - sum(one.quantity for one in sets)
        arrival = OrderMatched(1, 1, 50, 8, SELL, 1, 8, (), left, None, sets=tuple(sets))
        judge_arrival(arrival, books, findings)
        assert [breach.rule for breach in findings.take()] == broken


def test_what_the_sides_are_told_is_in_the_order_of_trading() -> None:
    event = arrived(6_500, 8, FIRST, (6_500, 2, 1), SECOND)
    assert numbers_of(event) == [1, 2, 3, 4, 5, 6, 7]
    own, resting = fills_told(event)
    assert own == (Fill(1, 4_000, 3), Fill(4, 6_500, 2), Fill(5, 4_100, 2))
    assert resting == {
        (2, 2, 2): [Fill(2, 4_000, 3), Fill(6, 4_000, 2)],
        (3, 5, 3): [Fill(3, 2_000, 3)],
        (1, 1, 1): [Fill(4, 6_500, 2)],
        (3, 6, 4): [Fill(7, 1_900, 2)],
    }


@given(
    contracts=st.integers(2, 4),
    orders=st.lists(
        st.tuples(
            st.integers(0, 3),
            st.integers(1, 4),
            st.sampled_from(Side),
            st.integers(-8, 8) | st.integers(-2_400, 7_400),
            st.integers(1, 6),
            st.booleans(),
        ),
        max_size=40,
    ),
)
def test_what_the_exchange_does_is_lawful(
    contracts: int, orders: list[tuple[int, int, Side, int, int, bool]]
) -> None:
    books: dict[int, Book] = {contract_id: FastBook() for contract_id in range(1, contracts + 1)}
    sets, followed = SetBooks(books), {contract_id: AuditedBook() for contract_id in books}
    findings = Findings("markets-0")
    for order_id, (at, account_id, side, near, quantity, past_own) in enumerate(orders, 1):
        contract_id, price = at % contracts + 1, min(10_000 // contracts + near, 9_999)
        match = sets.of(contract_id).match(account_id, side, price, quantity, 1, past_own)
        reason = Reason.SELF_TRADE if match.crossed_self else None
        met = tuple(
            OwnOrder(each, own.order_id, own.side, own.price, own.quantity)
            for own in match.own
            for each, book in books.items()
            if book.get(own.order_id)
        )
        for own in met:
            books[own.contract_id].remove(own.order_id)
        books[contract_id].take(match.fills)
        sets.take(match.sets)
        if match.left and reason is None:
            books[contract_id].rest(order_id, account_id, side, price, match.left)
        for each in books:
            sets.touched(each)
        event = OrderMatched(
            1, contract_id, order_id, account_id, side, price, quantity, match.fills, match.left, reason,
            cancelled=met, sets=match.sets,
        )  # fmt: skip
        judge_arrival(event, followed, findings)
        assert findings.take() == []


@cache
def traded() -> tuple[Entry, ...]:
    """A set that was made, and one that was taken apart."""
    town = CrossTown()
    for side, first, second in ((BUY, 5_000, 3_000), (SELL, 6_000, 2_500)):
        town.order(town.alice, A, side, first)
        town.order(town.bob, B, side, second)
        town.order(town.carol, C, side, 2_500 if side is BUY else 1_000)
    town.settle(A)
    town.assert_sound()
    return tuple(town.entries)


@pytest.mark.parametrize(
    ("nth", "changes", "rule"),
    [
        (2, {"sets": ()}, Rule.TOLD),
        (2, {"sets": (SetFill(1, 2_000, LOT, ()),)}, Rule.CONSERVED),
        (2, {"time": 7}, Rule.TOLD),
        (5, {"sets": (SetFill(9, 1_500, LOT, ()),)}, Rule.EXECUTIONS),
    ],
)
def test_a_falsified_set_is_found(nth: int, changes: dict[str, object], rule: Rule) -> None:
    assert rule in found_in(OrderMatched, fields(**changes), nth, traded)


def test_sets_in_a_market_without_them_are_found() -> None:
    def apart(event: Event) -> Event:
        assert isinstance(event, MarketCreated)
        return structs.replace(event, market=structs.replace(event.market, cross_matching=False))

    entries, _ = falsified(MarketCreated, apart, of=traded)
    assert Rule.TERMS in rules(audited(entries))
