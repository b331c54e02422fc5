"""Owns the tests of an order's arrival: what it trades, what rests, what is cancelled and why.

Never tests price and time priority: that is the book's. Books are drawn, orders are sentences.
Called by pytest.
"""

import pytest

from actors.machines.book import Book, FastBook, NaiveBook
from actors.machines.market_stream.matching import decide_arrival
from actors.machines.messages.book_events import OrderMatched, OrderRejected
from actors.machines.messages.parts import PLAIN, Conditions, OwnOrder
from actors.machines.messages.posted import SubmitOrder
from actors.machines.messages.words import Reason, SelfTrade, Side, TimeInForce
from tests.machines.book.drawing import ask, draw, fill, tidy, trades

STANDING = """
    bid         | price | offer
                |  5200 | c8:40
                |  5100 | b6:20 a7:30 b9:10
    a1:10 b2:20 |  5000 |
"""
CONTRACT_OF = dict.fromkeys(range(1, 10), 10)
GTC, IOC, FOK = (
    TimeInForce.GOOD_TIL_CANCELLED,
    TimeInForce.IMMEDIATE_OR_CANCEL,
    TimeInForce.FILL_OR_KILL,
)
PAST_OWN = Conditions(self_trade=SelfTrade.CANCEL_MAKER)
POST_ONLY = Conditions(post_only=True)
WOULD_TRADE, OWN, NOT_ENOUGH = (
    Reason.POST_ONLY_WOULD_TRADE,
    Reason.SELF_TRADE,
    Reason.INSUFFICIENT_LIQUIDITY,
)


def arrive(
    book: Book, sentence: str, time_in_force: TimeInForce, conditions: Conditions
) -> OrderMatched | OrderRejected:
    order, _ = ask(book, sentence)
    asked = SubmitOrder(
        3,
        10,
        order.order_id,
        order.account_id,
        order.side,
        order.price,
        order.quantity,
        time_in_force,
        conditions,
    )
    return decide_arrival(book, asked, 1, 5_000, CONTRACT_OF)


# The order | type | conditions | what it trades | what is left, and why it doesn't rest | own orders that go
ARRIVALS = [
    pytest.param("d20 buys 20 @ 5100", GTC, PLAIN, "b6 20 @ 5100", 0, None, [], id="filled"),
    pytest.param(
        "d20 buys 70 @ 5100", GTC, PLAIN, "b6 20 @ 5100, a7 30 @ 5100, b9 10 @ 5100", 10, None, [], id="rests"
    ),
    pytest.param("d20 buys 30 @ 5050", IOC, PLAIN, "", 30, NOT_ENOUGH, [], id="immediate, nothing there"),
    pytest.param(
        "d20 buys 70 @ 5100",
        IOC,
        PLAIN,
        "b6 20 @ 5100, a7 30 @ 5100, b9 10 @ 5100",
        10,
        NOT_ENOUGH,
        [],
        id="immediate, in part",
    ),
    pytest.param("d20 buys 20 @ 5100", IOC, PLAIN, "b6 20 @ 5100", 0, None, [], id="immediate, filled"),
    # All or nothing.
    pytest.param("d20 buys 61 @ 5100", FOK, PLAIN, "", 61, NOT_ENOUGH, [], id="killed for one too many"),
    pytest.param(
        "d20 buys 60 @ 5100",
        FOK,
        PLAIN,
        "b6 20 @ 5100, a7 30 @ 5100, b9 10 @ 5100",
        0,
        None,
        [],
        id="all of it is there",
    ),
    pytest.param(
        "a20 buys 30 @ 5200", FOK, PLAIN, "", 30, NOT_ENOUGH, [], id="killed at its own account's order"
    ),
    pytest.param(
        "a20 buys 20 @ 5200", FOK, PLAIN, "b6 20 @ 5100", 0, None, [], id="filled before its own account's"
    ),
    pytest.param(
        "a20 buys 31 @ 5100", FOK, PAST_OWN, "", 31, NOT_ENOUGH, [], id="own orders don't count, none goes"
    ),
    pytest.param(
        "a20 buys 30 @ 5100",
        FOK,
        PAST_OWN,
        "b6 20 @ 5100, b9 10 @ 5100",
        0,
        None,
        [7],
        id="filled past its own account's, which goes",
    ),
    # Its own account's orders on the way.
    pytest.param(
        "a20 buys 30 @ 5100", GTC, PLAIN, "b6 20 @ 5100", 10, OWN, [], id="stops at its own account's"
    ),
    pytest.param(
        "a20 buys 30 @ 5100", IOC, PLAIN, "b6 20 @ 5100", 10, OWN, [], id="so does an immediate one"
    ),
    pytest.param(
        "a20 buys 40 @ 5100",
        GTC,
        PAST_OWN,
        "b6 20 @ 5100, b9 10 @ 5100",
        10,
        None,
        [7],
        id="goes past its own account's, and rests",
    ),
    pytest.param(
        "a20 buys 40 @ 5100",
        IOC,
        PAST_OWN,
        "b6 20 @ 5100, b9 10 @ 5100",
        10,
        NOT_ENOUGH,
        [7],
        id="goes past its own account's, immediately",
    ),
    pytest.param(
        "a20 buys 20 @ 5100", GTC, PAST_OWN, "b6 20 @ 5100", 0, None, [], id="does not meet its own"
    ),
    pytest.param("b20 sells 5 @ 5000", GTC, PAST_OWN, "a1 5 @ 5000", 0, None, [], id="own is behind"),
    pytest.param("a20 sells 40 @ 5000", GTC, PAST_OWN, "b2 20 @ 5000", 20, None, [1], id="own is first"),
    # Only passive.
    pytest.param("d20 buys 30 @ 5099", GTC, POST_ONLY, "", 30, None, [], id="post-only rests"),
]


@pytest.mark.parametrize("make_book", [NaiveBook, FastBook])
@pytest.mark.parametrize(
    ("sentence", "time_in_force", "conditions", "traded", "left", "reason", "cancelled"), ARRIVALS
)
def test_an_order_arrives(
    make_book: type[NaiveBook | FastBook],
    sentence: str,
    time_in_force: TimeInForce,
    conditions: Conditions,
    traded: str,
    left: int,
    reason: Reason | None,
    cancelled: list[int],
) -> None:
    book = make_book()
    fill(book, STANDING)
    event = arrive(book, sentence, time_in_force, conditions)
    assert isinstance(event, OrderMatched)
    assert (trades(event.fills), event.left, event.reason) == (traded, left, reason)
    assert [own.order_id for own in event.cancelled] == cancelled
    assert (event.time_in_force, event.good_til, event.time) == (time_in_force, 0, 5_000)
    assert draw(book.resting()) == tidy(STANDING)


def test_what_goes_is_told_as_it_rested() -> None:
    book = FastBook()
    fill(book, STANDING)
    event = arrive(book, "a20 buys 40 @ 5100", GTC, PAST_OWN)
    assert isinstance(event, OrderMatched)
    assert event.cancelled == (OwnOrder(10, 7, Side.SELL, 5_100, 30),)


@pytest.mark.parametrize("self_trade", SelfTrade)
@pytest.mark.parametrize(
    "sentence", ["d20 buys 1 @ 5100", "d20 sells 1 @ 1", "a20 buys 99 @ 9999", "b20 sells 1 @ 5000"]
)
def test_a_post_only_order_never_takes_and_cancels_nothing(sentence: str, self_trade: SelfTrade) -> None:
    book = FastBook()
    fill(book, STANDING)
    conditions = Conditions(post_only=True, self_trade=self_trade)
    order, _ = ask(book, sentence)
    event = arrive(book, sentence, GTC, conditions)
    assert event == OrderRejected(3, order.order_id, order.account_id, WOULD_TRADE)


def test_a_post_only_order_does_not_cancel_its_own_accounts_only_counterpart() -> None:
    book = FastBook()
    fill(book, "bid | price | offer\n | 5100 | a7:30")
    conditions = Conditions(post_only=True, self_trade=SelfTrade.CANCEL_MAKER)
    assert arrive(book, "a20 buys 1 @ 5100", GTC, conditions) == OrderRejected(3, 20, 1, WOULD_TRADE)
