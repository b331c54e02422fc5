"""Owns the rules on amendments in a market: each is what was asked for, none comes before its delay is over.

Never looks into a book: what rests, the audit of books knows.
Called by the audit of market streams, and by causes.
"""

from actors.auditing.breaches import Findings, Rule
from actors.auditing.conditions import problems
from actors.machines.messages.amendments import SubmitAmendment
from actors.machines.messages.book_events import AmendDelayed, AmendMissed, OrderReduced, OrderReplaced

Amendment = SubmitAmendment | AmendDelayed


class AmendmentsAudit:
    """What waits in one market stream; ``time`` is that of the record under way."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._waiting: dict[int, AmendDelayed] = {}
        self.time = 0

    def delayed(self, event: AmendDelayed) -> None:
        """An amendment begins to wait; the order has no other one that does."""
        if event.order_id in self._waiting:
            self._add(event, f"order {event.order_id} is to be amended twice")
        self._waiting[event.order_id] = event

    def judge(self, event: OrderReduced | OrderReplaced | AmendMissed) -> None:
        """Of one that had to wait: it is over, and it comes to what was asked for."""
        if not event.delayed:
            return  # its message is compared with it, by causes
        waiting = self._waiting.pop(event.order_id, None)
        if waiting is None:
            self._add(event, f"order {event.order_id} is amended after a delay that it didn't have")
        elif not isinstance(event, AmendMissed):
            if self.time < waiting.due_time:
                self._add(event, f"order {event.order_id} is amended before its time, {waiting.due_time}")
            if (what := difference(waiting, event)) is not None:
                self._add(event, what)

    def _add(self, event: OrderReduced | OrderReplaced | AmendMissed | AmendDelayed, what: str) -> None:
        self._findings.add(Rule.ORDER, what, event.market_id)


def difference(asked: Amendment, event: OrderReduced | OrderReplaced) -> str | None:
    """What the event does otherwise than the amendment asks for; None: nothing.

    What was executed is taken off the new total. Less at the same price stays where it is; all else leaves.
    """
    before = event.left + event.reduced if isinstance(event, OrderReduced) else event.left
    executed = asked.quantity_before - before
    left = max(0, asked.quantity - executed)
    shrinks = left == 0 or (asked.price == event.price and left <= before)
    said = (asked.market_id, executed + left, left, asked.price if left else event.price)
    if isinstance(event, OrderReduced):
        done = (event.market_id, event.quantity, event.left, event.price)
    else:
        done = (event.market_id, event.quantity, event.arrival.quantity, event.arrival.price)
    if said == done and shrinks is isinstance(event, OrderReduced):
        return None if isinstance(event, OrderReduced) else next(problems(asked, event.arrival), None)
    what = "was reduced" if isinstance(event, OrderReduced) else "was replaced"
    return f"order {event.order_id} {what} as {done}, but was to become {said}"


def delay_difference(asked: SubmitAmendment, event: AmendDelayed) -> str | None:
    """What waits otherwise than it was asked for; None: nothing."""
    said = (asked.market_id, asked.price, asked.quantity, asked.quantity_before, asked.conditions)
    done = (event.market_id, event.price, event.quantity, event.quantity_before, event.conditions)
    return None if said == done else f"order {event.order_id} waits to become {done}, not {said}"
