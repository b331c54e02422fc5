"""Owns the rules of the sets that an auction ends with: whose they are, and at which prices.

Never shares a line with the machine: who is first and who came last is found anew, set by set.
Called by the audit of auctions, with the books as they stand before each event.
"""

from collections.abc import Iterator, Mapping

from actors.auditing.books import AuditedBook, RestingOrder
from actors.auditing.positions import WHOLE
from actors.auditing.sets import prices_in_set
from actors.machines.messages.book_events import OrderCancelled, OrderMatched
from actors.machines.messages.words import Reason

Books = Mapping[int, AuditedBook]
First = dict[int, tuple[int, RestingOrder]]
"""Contract -> the first order of one side of its book, with its number."""


def first_of_set(books: Books) -> First:
    """The first orders of all contracts, where they make a set; else nothing."""
    for buys in (True, False):
        first = {}
        for contract_id, book in books.items():
            half = book.half(buys=buys)
            if (best := half.best()) is not None:
                first[contract_id] = half.oldest(best)
        total = sum(order.price for _, order in first.values())
        if len(first) == len(books) and (total >= WHOLE if buys else total <= WHOLE):
            return first
    return {}


def makes_a_set(contract_id: int, order: RestingOrder, books: Books) -> bool:
    """Whether an order that isn't in its book any more makes a set with what is in the others."""
    others = [book.half(buys=order.buys).best() for each, book in books.items() if each != contract_id]
    total = order.price + sum(price for price in others if price is not None)
    return None not in others and (total >= WHOLE if order.buys else total <= WHOLE)


def set_problems(taken: OrderMatched, books: Books) -> Iterator[str]:
    """What of a set is otherwise than it had to be."""
    first = first_of_set(books)
    if not first:
        yield f"order {taken.order_id} traded a set in an auction, where none was to be traded"
        return
    last = max(first, key=lambda each: first[each][1].came)
    order_id, order = first[last]
    if any(other.account_id == order.account_id for each, (_, other) in first.items() if each != last):
        yield f"order {order_id} had to be cancelled, and a set with its own account's was traded"
    quantity = min(each.left for _, each in first.values())
    price, prices = prices_in_set({each: other.price for each, (_, other) in first.items() if each != last})
    due = (
        (last, order_id, order.account_id, order.buys, order.price, quantity, price),
        [(each, first[each][0], first[each][1].account_id, prices[each]) for each in prices],
        ((), 0, None, (), [quantity]),
    )
    legs = [
        (leg.contract_id, leg.order_id, leg.account_id, leg.price) for one in taken.sets for leg in one.legs
    ]
    said = (
        (
            taken.contract_id,
            taken.order_id,
            taken.account_id,
            taken.side.name == "BUY",
            taken.price,
            taken.quantity,
            sum(one.price for one in taken.sets),
        ),
        legs,
        (taken.fills, taken.left, taken.reason, taken.cancelled, [one.quantity for one in taken.sets]),
    )
    if said != due:
        yield f"an auction ended with the set {said}, where {due} was due"


def refusal_problems(
    event: OrderCancelled, order: RestingOrder, books: Books, *, at_limit: bool
) -> Iterator[str]:
    """Why an order, out of its book already, should not have been cancelled instead of a set traded."""
    name = f"order {event.order_id}, cancelled for {event.reason} as an auction ended,"
    if not makes_a_set(event.contract_id, order, books):
        yield f"{name} makes no set"
        return
    others = []
    for contract_id, book in books.items():
        if contract_id != event.contract_id:
            half = book.half(buys=order.buys)
            best = half.best()
            assert best is not None, "a set is of all contracts"
            others.append(half.oldest(best)[1])
    if any(other.came > order.came for other in others):
        yield f"{name} did not come last"
    own = any(other.account_id == order.account_id for other in others)
    due = Reason.SELF_TRADE if own else Reason.LIMIT_EXCEEDED if at_limit else None
    if event.reason is not due:
        yield f"{name} had to trade" if due is None else f"{name} had to be for {due}"
