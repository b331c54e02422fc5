"""Owns the judgement of every answer by the log: what was acknowledged is there, once, as acknowledged.

Never looks at money as a whole or at documents.
Called by the verdict.
"""

from collections.abc import Iterator
from typing import Final

from actors.machines.messages.events import OrderPlaced
from actors.machines.messages.parts import Amended
from actors.machines.messages.words import OrderState
from couch_views.formats import format_time
from tests.chaos.findings import Findings
from tests.chaos.history import LIVE, Booking, History, LoggedOrder, Place
from tests.chaos.judge_amendments import broken_amendment, broken_patch, order_of, request_of, told_terms
from tests.chaos.ledger import (
    ACCEPTED_MAX,
    ORDERS,
    PENDING,
    PREVIEW,
    Entry,
    Json,
    Ledger,
    is_amendment,
    is_order,
)

NOT_FOUND: Final = 404
REFUSALS: Final = {NOT_FOUND, 409, 422}
"""What a member may be refused with; anything else that isn't a success is a finding of its own."""
FIXED: Final = (
    "market_id",
    "contract_id",
    "side",
    "type",
    "reference_id",
    "post_only",
    "self_trade",
    "good_til",
)
"""What stays as it was asked for, whatever becomes of an order."""


class AnswerJudge:
    """Goes through the ledger and adds what it finds."""

    def __init__(self, history: History, findings: Findings) -> None:
        self._history = history
        self._findings = findings
        self._cancel_requested = {
            cancel.order_id for cancels in history.cancels.values() for cancel in cancels
        }

    def judge(self, ledger: Ledger) -> None:
        for entry in ledger.entries:
            if not entry.answers:
                self._findings.unresolved.append(f"{_name(entry)}: never answered ({entry.doubts} doubts)")
                continue
            for status, _, _ in entry.answers:
                if status > ACCEPTED_MAX and status not in REFUSALS:
                    self._findings.other.append(f"{_name(entry)}: answered {status}")
            if not entry.is_settled:
                self._findings.unresolved.append(f"{_name(entry)}: the market's word is still missing")
            if entry.path.startswith(ORDERS) and entry.path != PREVIEW:
                self._judge_of_member(entry)

    def _judge_of_member(self, entry: Entry) -> None:
        if entry.method == "POST":
            self._judge_request(entry)
        elif entry.method == "PATCH":
            self._judge_patch(entry)
        elif entry.path == ORDERS or "?" in entry.path:
            self._judge_cancel_all(entry)
        else:
            self._judge_delete(entry)

    def _judge_request(self, entry: Entry) -> None:
        opened = request_of(entry, self._history)
        for number in range(len(entry.answers)):
            for index, (status, content) in enumerate(entry.results(number)):
                accepted = status <= ACCEPTED_MAX
                if opened is None:
                    # A refusal is logged as well: it is what a repeated request is answered with.
                    if accepted or status in REFUSALS:
                        self._lost(entry, index, f"answered {status}, and the log has no such request")
                elif is_order(entry.items[index]):
                    self._judge_order(entry, index, (*opened, index), content, accepted=accepted)
                elif is_amendment(entry.items[index]):
                    self._judge_amendment(entry, index, (*opened, index), status, content)
                elif accepted:
                    self._judge_cancel(entry, index, (*opened, index), content)
                elif status == NOT_FOUND and "cancel" in entry.items[index]:
                    self._lost(
                        entry, index, f"acknowledged order {entry.items[index]['cancel']} is not found"
                    )
        self._judge_repetitions(entry)

    def _judge_repetitions(self, entry: Entry) -> None:
        """What was answered for good is answered alike ever after."""
        for index in range(len(entry.items)):
            final = [
                result
                for number in range(len(entry.answers))
                if (result := entry.results(number)[index])[0] != PENDING
            ]
            for other in final[1:]:
                if other != final[0]:
                    self._lost(entry, index, f"answered {final[0]}, and later {other}")

    def _judge_order(self, entry: Entry, index: int, place: Place, content: Json, *, accepted: bool) -> None:
        """``content`` is what the order was acknowledged with, or why it was refused."""
        placed = self._history.placed.get(place, [])
        if not accepted:
            if placed and not _is_rejected(self._history.orders[placed[0].order_id][0], content):
                self._lost(entry, index, f"refused, and yet order {placed[0].order_id} is in the log")
            return
        if not placed:
            self._lost(entry, index, f"order {content['order_id']} is not in the log")
            return
        for problem in (
            *_differences(
                self._history.orders[placed[0].order_id][0], entry.items[index], content, self._history
            ),
            *self._broken_words(self._history.orders[placed[0].order_id][0], content),
        ):
            self._lost(entry, index, f"order {content['order_id']}: {problem}")

    def _judge_amendment(self, entry: Entry, index: int, place: Place, status: int, content: Json) -> None:
        item = entry.items[index]
        if status <= ACCEPTED_MAX:
            self._judge_cancelled(entry, index, content)
        elif status == NOT_FOUND:
            self._lost(entry, index, f"acknowledged order {item['amend']} is not found")
        for problem in broken_amendment(item, status, content, place, self._history):
            self._lost(entry, index, f"order {item['amend']}: {problem}")

    def _judge_patch(self, entry: Entry) -> None:
        """An amendment without a key: where its request is in the log nobody knows, only what came of it."""
        order_id = order_of(entry)
        for status, content, _ in entry.answers:
            if status == NOT_FOUND:
                self._lost(entry, 0, "an acknowledged order is not found")
            if status > ACCEPTED_MAX:
                continue
            self._judge_cancelled(entry, 0, content)
            for problem in broken_patch(order_id, entry.body, status, content, self._history):
                self._lost(entry, 0, f"order {order_id}: {problem}")

    def _broken_words(self, order: LoggedOrder, content: Json) -> Iterator[str]:
        """What the answer says of the order's fate, and the log does not."""
        booked = self._history.bookings.get(order.placed.order_id, [])
        for fill in content["executions"]:
            told = (int(fill["execution_id"]), fill["price"], fill["quantity"])
            if told not in [_told(booking) for booking in booked]:
                yield f"execution {told} is not in the log"
        if content["total_executed_quantity"] > order.executed:
            yield f"{content['total_executed_quantity']} executed; the log has {order.executed}"
        if content["state"] not in LIVE and order.state != content["state"]:
            yield f"answered as {content['state']}, in the log it is {order.state}"

    def _judge_cancel(self, entry: Entry, index: int, place: Place, content: Json) -> None:
        cancels = self._history.cancels.get(place, [])
        order_ids = [str(cancel.order_id) for cancel in cancels]
        if order_ids[:1] != [content["order_id"]]:
            self._lost(entry, index, f"the cancel of order {content['order_id']} is not in the log")
        self._judge_cancelled(entry, index, content)

    def _judge_delete(self, entry: Entry) -> None:
        for status, content, _ in entry.answers:
            if status <= ACCEPTED_MAX:
                self._judge_cancelled(entry, 0, content)
                self._judge_requested(entry, int(content["order_id"]))
            elif status == NOT_FOUND:
                self._lost(entry, 0, "an acknowledged order is not found")

    def _judge_cancelled(self, entry: Entry, index: int, content: Json) -> None:
        orders = self._history.orders.get(int(content["order_id"]), [])
        if not orders:
            self._lost(entry, index, f"order {content['order_id']} is not in the log")
            return
        for problem in self._broken_words(orders[0], {**content, "executions": []}):
            self._lost(entry, index, f"order {content['order_id']}: {problem}")

    def _judge_cancel_all(self, entry: Entry) -> None:
        for status, content, _ in entry.answers:
            for order_id in content["cancelled"] if status <= ACCEPTED_MAX else ():
                orders = self._history.orders.get(int(order_id), [])
                if not orders or orders[0].state is not OrderState.CANCELLED:
                    self._lost(entry, 0, f"order {order_id} was cancelled, but not in the log")
                self._judge_requested(entry, int(order_id))

    def _judge_requested(self, entry: Entry, order_id: int) -> None:
        """Without a key, all that can be told is that somebody asked for a cancel of this order."""
        if order_id not in self._cancel_requested:
            self._lost(entry, 0, f"the log knows of no cancel of order {order_id}")

    def _lost(self, entry: Entry, index: int, problem: str) -> None:
        self._findings.lost.append(f"{_name(entry)}[{index}]: {problem}")


def _name(entry: Entry) -> str:
    key = "" if entry.key is None else f" key {entry.key}"
    return f"{entry.member.username} {entry.method} {entry.path}{key}"


def _told(booking: Booking) -> tuple[int, int, int]:
    return booking.execution_id, booking.price, booking.quantity


def _is_rejected(order: LoggedOrder, content: Json) -> bool:
    """Whether the log says, too, that its market rejected the order, and why."""
    reason = order.updates[-1].reason if order.state is OrderState.REJECTED else None
    told: object = content.get("error_type") if isinstance(content, dict) else None
    return reason is not None and told == reason.replace("-", "_").upper()


def _differences(order: LoggedOrder, asked: Json, content: Json, history: History) -> Iterator[str]:
    """Where the log, the question and the answer are not of one order, amendments aside."""
    placed = order.placed
    if content["order_id"] != str(placed.order_id):
        yield f"in the log it is order {placed.order_id}"
    for name, value in _logged(placed).items():
        # At any price: what is logged then is the worst that it may trade at.
        wanted = asked.get(name, value)
        if value != wanted:
            yield f"{name} was asked as {wanted}, logged as {value}"
    placed_as = Amended(placed.price, placed.quantity)
    terms = [placed_as, *(each for each in order.amended if each)]
    if (told := told_terms(content, history)) not in terms:
        yield f"answered as {told}, in the log it is {terms}"
    for name in FIXED:
        if content[name] != asked[name]:
            yield f"{name} was asked as {asked[name]}, answered as {content[name]}"


def _logged(placed: OrderPlaced) -> Json:
    """An order as it is asked for."""
    good_til = placed.conditions.good_til
    return {
        "market_id": str(placed.market_id),
        "contract_id": str(placed.contract_id),
        "side": placed.side,
        "price": placed.price,
        "quantity": placed.quantity,
        "type": placed.time_in_force,
        "reference_id": placed.reference_id,
        "post_only": placed.conditions.post_only,
        "self_trade": placed.conditions.self_trade,
        "good_til": format_time(good_til) if good_til else None,
    }
