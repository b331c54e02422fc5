"""Owns the judgement of the log by itself and by what was asked: nothing twice, nothing from nowhere.

Never looks at answers.
Called by the verdict.
"""

from collections import Counter
from collections.abc import Iterator

from tests.chaos.findings import Findings
from tests.chaos.history import History
from tests.chaos.judge_challenges import order_ids_asked_for
from tests.chaos.ledger import ORDERS, Ledger

Side = tuple[int, int, int, int, int, bool]
"""Order, market, execution, price, quantity, whether it was the taker."""


def judge_log(ledger: Ledger, history: History, findings: Findings) -> None:
    """Adds what is in the log more often than it was asked for, and trades with one side only."""
    findings.doubled += _requested_twice(history)
    findings.doubled += _carried_out_twice(history)
    _judge_origins(ledger, history, findings)
    _judge_sides(history, findings)


def _requested_twice(history: History) -> Iterator[str]:
    for (account_id, scope, key), opened in history.opened.items():
        if len(opened) > 1:
            yield f"account {account_id}: {scope} key {key} was carried out {len(opened)} times"
    for (stream, request, item), placed in history.placed.items():
        if len(placed) > 1:
            yield f"{stream}, request {request}: item {item} placed {len(placed)} orders"
    for (stream, request, item), cancels in history.cancels.items():
        if len({cancel.order_id for cancel in cancels}) < len(cancels):
            yield f"{stream}, request {request}: item {item} cancelled an order twice"


def _carried_out_twice(history: History) -> Iterator[str]:
    for order_id, orders in history.orders.items():
        if len(orders) > 1:
            yield f"order {order_id} was placed {len(orders)} times"
    for order_id, arrivals in history.arrivals.items():
        if arrivals > 1:
            yield f"order {order_id} was matched {arrivals} times"
    for (market_id, execution_id), executions in history.executions.items():
        if len(executions) > 1:
            yield f"market {market_id}: execution {execution_id} is there {len(executions)} times"


def _judge_origins(ledger: Ledger, history: History, findings: Findings) -> None:
    """Every order belongs to a request of the ledger, and no reference has two."""
    asked = {(entry.member.account_id, entry.key) for entry in ledger.entries if entry.path == ORDERS}
    challenged = order_ids_asked_for(ledger, history)
    known = {
        (stream, opened.request_id)
        for (account_id, _, key), several in history.opened.items()
        for stream, opened in several
        if (account_id, key) in asked
    }
    for (stream, request_id, _), placed in history.placed.items():
        if (stream, request_id) not in known:
            findings.doubled += [
                f"order {order.order_id} was never asked for"
                for order in placed
                if order.order_id not in challenged
            ]
    references = Counter(
        (order.placed.account_id, order.placed.reference_id)
        for orders in history.orders.values()
        for order in orders[:1]
        if not order.placed.challenge_id
    )
    findings.doubled += [
        f"account {account_id}: {count} orders with reference {reference}"
        for (account_id, reference), count in references.items()
        if count > 1
    ]


def _judge_sides(history: History, findings: Findings) -> None:
    """Each execution was booked once by its maker and once by its taker, as it was traded."""
    traded: Counter[Side] = Counter()
    for (market_id, execution_id), executions in history.executions.items():
        for one in executions[:1]:
            rest = (market_id, execution_id, one.price, one.quantity)
            for order_id, taker in one.sides:
                traded[(order_id, *rest, taker)] += 1
    booked: Counter[Side] = Counter()
    for order_id, bookings in history.bookings.items():
        for booking in bookings:
            booked[(order_id, *booking)] += 1
    findings.lost += [f"never booked: {_words(side)}" for side in traded - booked]
    findings.doubled += [f"booked, but not traded: {_words(side)}" for side in booked - traded]


def _words(side: Side) -> str:
    order_id, market_id, execution_id, price, quantity, taker = side
    role = "taker" if taker else "maker"
    return (
        f"order {order_id} as {role} of execution {execution_id} in market {market_id}, {quantity} at {price}"
    )
