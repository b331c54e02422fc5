"""Owns the tests of how an audit judges matches: a book in words, and what an arriving order did to it.

Never tests the exchange's own book.
Called by pytest.

A book is written as ``side price quantity account`` for each order, oldest first, numbered from 1; account 9
is the arriving order's. Fills are ``(maker, price, quantity)``.
"""

from typing import Final

import pytest

from actors.auditing.books import AuditedBook
from actors.auditing.breaches import Findings, Rule
from actors.machines.messages.book_events import OrderMatched
from actors.machines.messages.parts import MakerFill
from actors.machines.messages.words import Reason, Side

BOOK: Final = "sell 60 5 1, sell 60 5 2, sell 70 5 3, buy 40 5 4, buy 30 5 5, sell 55 5 9"
TAKER: Final = 9
Fills = tuple[tuple[int, int, int], ...]


def filled_book(words: str = BOOK) -> AuditedBook:
    book = AuditedBook()
    findings = Findings("markets-0")
    for order_id, order in enumerate(words.split(", "), 1):
        side, price, quantity, account = order.split()
        event = matched(Side(side), int(price), int(quantity), order_id=order_id, account_id=int(account))
        book.judge(event, findings)
    assert findings.take() == []
    return book


def matched(
    side: Side,
    price: int,
    quantity: int,
    fills: Fills = (),
    left: int | None = None,
    reason: Reason | None = None,
    *,
    order_id: int = 100,
    account_id: int = 8,
) -> OrderMatched:
    """An arriving order with its fills; each maker's account is its order's number, but for order 6."""
    makers = tuple(
        MakerFill(at, maker, TAKER if maker == 6 else maker, fill_price, traded)
        for at, (maker, fill_price, traded) in enumerate(fills, 1)
    )
    rest = quantity - sum(fill.quantity for fill in makers) if left is None else left
    return OrderMatched(1, 1, order_id, account_id, side, price, quantity, makers, rest, reason)


def judged(event: OrderMatched, words: str = BOOK) -> list[Rule]:
    findings = Findings("markets-0")
    filled_book(words).judge(event, findings)
    return [breach.rule for breach in findings.take()]


BUY, SELL = Side.BUY, Side.SELL


@pytest.mark.parametrize(
    ("event", "broken"),
    [
        # Lawful.
        (matched(BUY, 50, 5), []),
        (matched(BUY, 55, 5, ((6, 55, 5),)), []),
        (matched(BUY, 60, 12, ((6, 55, 5), (1, 60, 5), (2, 60, 2))), []),
        (matched(BUY, 60, 20, ((6, 55, 5), (1, 60, 5), (2, 60, 5))), []),
        (matched(BUY, 54, 5, reason=Reason.INSUFFICIENT_LIQUIDITY), []),
        (matched(SELL, 35, 7, ((4, 40, 5),)), []),
        (matched(BUY, 60, 5, reason=Reason.SELF_TRADE, account_id=TAKER), []),
        # Somebody was passed over.
        (matched(BUY, 60, 5, ((1, 60, 5),)), [Rule.PRIORITY]),
        (matched(BUY, 60, 10, ((6, 55, 5), (2, 60, 5))), [Rule.PRIORITY]),
        (matched(BUY, 60, 10, ((6, 55, 4), (1, 60, 5)), 1), [Rule.PRIORITY, Rule.PRIORITY, Rule.CROSSED]),
        (matched(BUY, 60, 10, ((99, 60, 5),), 5), [Rule.PRIORITY, Rule.CROSSED]),
        (matched(BUY, 60, 9, ((6, 55, 5),), 4, Reason.INSUFFICIENT_LIQUIDITY), [Rule.PRIORITY]),
        # It crosses the book, or trades where nothing may.
        (matched(BUY, 60, 5), [Rule.CROSSED]),
        (matched(SELL, 40, 5), [Rule.CROSSED]),
        (matched(BUY, 54, 5, ((6, 55, 5),)), [Rule.TRADE_THROUGH]),
        (matched(SELL, 41, 5, ((4, 40, 5),)), [Rule.TRADE_THROUGH]),
        (matched(BUY, 60, 5, ((6, 56, 5),)), [Rule.TRADE_THROUGH]),
        (matched(BUY, 60, 5, ((6, 54, 5),)), [Rule.TRADE_THROUGH]),
        # Too much, or sums that don't add up.
        (matched(BUY, 55, 9, ((6, 55, 9),)), [Rule.QUANTITY]),
        (matched(BUY, 55, 4, ((6, 55, 5),), 0), [Rule.QUANTITY, Rule.QUANTITY]),
        (matched(BUY, 50, 5, left=4), [Rule.QUANTITY]),
        (matched(BUY, 50, 5, left=0), [Rule.QUANTITY]),
        # With itself.
        (matched(BUY, 55, 5, ((6, 55, 5),), account_id=TAKER), [Rule.SELF_TRADE]),
        (matched(BUY, 55, 5, reason=Reason.SELF_TRADE), [Rule.SELF_TRADE]),
        (matched(BUY, 50, 5, reason=Reason.SELF_TRADE, account_id=TAKER), [Rule.SELF_TRADE]),
        # Twice.
        (matched(BUY, 50, 5, order_id=5), [Rule.ONCE]),
    ],
    ids=lambda value: (
        None if isinstance(value, list) else f"{value.side} {value.price} {value.fills} {value}"
    ),
)
def test_what_an_arriving_order_did(event: OrderMatched, broken: list[Rule]) -> None:
    assert judged(event) == broken


def test_a_fill_of_another_account_is_noticed() -> None:
    event = matched(BUY, 60, 5, ((1, 60, 5),))
    assert judged(event, "sell 60 5 2") == [Rule.ORDER]


def test_what_traded_is_gone_and_what_is_left_rests() -> None:
    book = filled_book()
    book.judge(matched(BUY, 60, 12, ((6, 55, 5), (1, 60, 5), (2, 60, 2))), Findings("markets-0"))
    assert {order_id: book.left_of(order_id) for order_id in (1, 2, 3, 6)} == {1: 0, 2: 3, 3: 5, 6: 0}
    assert book.remove(2) is not None
    assert book.remove(2) is None
    assert judged(matched(BUY, 69, 1), "sell 70 5 3") == []


def test_a_price_that_came_back_is_the_best_again() -> None:
    book = filled_book("sell 60 5 1, sell 70 5 2")
    for order_id in (1, 2):
        book.remove(order_id)
    findings = Findings("markets-0")
    for order_id in (3, 4):
        book.judge(matched(SELL, 60, 5, order_id=order_id, account_id=order_id), findings)
        book.judge(matched(BUY, 60, 5, ((order_id, 60, 5),), order_id=order_id + 10), findings)
    assert findings.take() == []
    assert len(book._offers._heap) <= 2
