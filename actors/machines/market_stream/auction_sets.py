"""Owns the sets that an auction ends with: of complementary contracts, once each has traded by itself.

Never looks at market orders (what was left of them is cancelled before), and changes no book.
Called by the market machine as an auction ends.

While the first orders of all contracts make a set (bids that come to 10000 or more, or offers that come to
10000 or less), they trade it, as much as the least that is left of any:

1. Of these orders the one that came last counts as arriving: the others trade at their own prices, it at what
   is missing to 10000. A price is at least 1, as in every set.
2. What is left of an order, that one's too, keeps its place.
3. If another one of them is of the same account, the order that came last is cancelled instead; so is it once
   an auction has ``SET_LEGS_PER_AUCTION_MAX`` legs in its sets. Then it is looked again.

It ends, since each time an order is used up or cancelled; and then no set is left.
"""

from collections.abc import Iterable, Iterator, Mapping

from actors.machines.book.interface import Book, Resting
from actors.machines.book.sets import SetQueue, set_of
from actors.machines.limits import PRICE_MIN, PRICE_SCALE, SET_LEGS_PER_AUCTION_MAX
from actors.machines.messages.auctions import SetUncrossed
from actors.machines.messages.book_events import OrderCancelled, OrderMatched
from actors.machines.messages.parts import MakerFill
from actors.machines.messages.words import Reason, Side

Decided = SetUncrossed | OrderCancelled


def decide_sets(
    market_id: int,
    books: Mapping[int, Book],
    gone: Mapping[int, int],
    oldest_first: Iterable[int],
    first_execution_id: int,
    time: int,
) -> Iterator[Decided]:
    """What trades as sets, and what is cancelled for it.

    ``gone``: how much of an order will have left its book; ``oldest_first``: all orders that rest.
    """
    age = {order_id: at for at, order_id in enumerate(oldest_first)}
    execution_id, legs = first_execution_id, 0
    for side in Side:
        queues = [SetQueue(each, _left(book, side, gone)) for each, book in books.items()]
        while _make_a_set(queues, side):
            taker = max(queues, key=lambda queue: age[queue.first.order_id])
            makers = [queue for queue in queues if queue is not taker]
            reason = _refuse(taker, makers, legs + len(makers))
            if reason is not None:
                yield _cancelled(market_id, taker, reason)
                taker.next()
                continue
            taken = _taken(market_id, taker, makers, execution_id, time)
            yield SetUncrossed(market_id, taken)
            execution_id += len(queues)
            legs += len(makers)
            for queue in queues:
                queue.take(taken.quantity)


def set_takings(taken: OrderMatched) -> Iterator[tuple[int, MakerFill]]:
    """What leaves the books of all contracts: contract and fill, in the order of the executions."""
    for one in taken.sets:
        own = MakerFill(one.execution_id, taken.order_id, taken.account_id, taken.price, one.quantity)
        yield taken.contract_id, own
        for leg in one.legs:
            price = leg.resting_price
            yield (
                leg.contract_id,
                MakerFill(leg.execution_id, leg.order_id, leg.account_id, price, one.quantity),
            )


def _left(book: Book, side: Side, gone: Mapping[int, int]) -> Iterator[Resting]:
    """The orders of a side of which something will be left then, as they will be."""
    for order in book.queue(side):
        left = order.quantity - gone.get(order.order_id, 0)
        if left:
            yield Resting(order.order_id, order.account_id, side, order.price, left)


def _make_a_set(queues: list[SetQueue], side: Side) -> bool:
    if not all(queue.left for queue in queues):
        return False
    total = sum(queue.first.price for queue in queues)
    return total >= PRICE_SCALE if side is Side.BUY else total <= PRICE_SCALE


def _refuse(taker: SetQueue, makers: list[SetQueue], legs: int) -> Reason | None:
    """Why the order that came last is cancelled instead of traded. ``legs``: with this set's."""
    if any(maker.first.account_id == taker.first.account_id for maker in makers):
        return Reason.SELF_TRADE
    return Reason.LIMIT_EXCEEDED if legs > SET_LEGS_PER_AUCTION_MAX else None


def _taken(
    market_id: int, taker: SetQueue, makers: list[SetQueue], execution_id: int, time: int
) -> OrderMatched:
    order = taker.first
    price = max(PRICE_MIN, PRICE_SCALE - sum(maker.first.price for maker in makers))
    quantity = min(taker.left, *[maker.left for maker in makers])
    one = set_of(makers, execution_id, price, quantity)
    return OrderMatched(
        market_id,
        taker.contract_id,
        order.order_id,
        order.account_id,
        order.side,
        order.price,
        quantity,
        (),
        0,
        None,
        time,
        sets=(one,),
    )


def _cancelled(market_id: int, queue: SetQueue, reason: Reason) -> OrderCancelled:
    order = queue.first
    identity = (market_id, queue.contract_id, order.order_id, order.account_id)
    return OrderCancelled(*identity, order.side, order.price, queue.left, reason)
