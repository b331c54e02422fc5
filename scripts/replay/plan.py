"""Owns the plan of a replay: which member sends each operation, and the trades that it must lead to.

Never talks to an exchange: a naive book says what every operation does.
Called by the replay's command, before anything is sent.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from typing import Final, NamedTuple

from actors.machines.book import Match, NaiveBook
from scripts.replay.flow import FlowError, Operation, Trade

MAKER: Final = 0
"""The member whose orders all rest on arrival."""
TAKERS: Final = range(1, 51)
"""The members whose orders trade on arrival, in turn."""


class Step(NamedTuple):
    """An operation and the member who sends it."""

    member: int
    operation: Operation


class Plan(NamedTuple):
    """All steps in the order of the file, and all trades in the order in which they happen."""

    steps: list[Step]
    trades: list[Trade]

    @property
    def orders(self) -> int:
        return sum(not step.operation.is_cancel for step in self.steps)

    @property
    def funds(self) -> list[int]:
        """Currency units for each member who sends something, in the order of their numbers.

        Enough for whatever happens: no order can risk more than one currency unit a share.
        """
        funds = [1] * (1 + max(step.member for step in self.steps))
        for member, operation in self.steps:
            if not operation.is_cancel:
                funds[member] += operation.quantity
        return funds


class Request(NamedTuple):
    """Consecutive operations of one member, to be carried out in this order."""

    member: int
    operations: list[Operation]


def make_plan(operations: Iterable[Operation]) -> Plan:
    """Plays the file to a naive book; raises ``FlowError`` where the file makes no sense."""
    return _Planner().plan(operations)


def requests(steps: Iterable[Step], size: int) -> Iterator[Request]:
    """The steps in their order, as many in one request as follow each other, up to ``size``."""
    for member, run in groupby(steps, key=lambda step: step.member):
        while operations := [step.operation for step in islice(run, size)]:
            yield Request(member, operations)


class _Planner:
    """The naive book, with the members' numbers as its accounts, and whose turn it is."""

    def __init__(self) -> None:
        self._book = NaiveBook()
        self._known: set[int] = set()
        self._turn = 0

    def plan(self, operations: Iterable[Operation]) -> Plan:
        steps: list[Step] = []
        trades: list[Trade] = []
        for operation in operations:
            if operation.is_cancel:
                steps.append(Step(self._cancel(operation), operation))
                continue
            member, match = self._place(operation)
            steps.append(Step(member, operation))
            trades += [
                Trade(fill.order_id, operation.order_id, fill.price, fill.quantity) for fill in match.fills
            ]
        if not steps:
            raise FlowError("there are no operations")
        return Plan(steps, trades)

    def _cancel(self, operation: Operation) -> int:
        try:
            return self._book.remove(operation.order_id).account_id
        except KeyError:
            raise FlowError(f"order {operation.order_id} is cancelled but doesn't rest then") from None

    def _place(self, operation: Operation) -> tuple[int, Match]:
        order_id = operation.order_id
        if order_id in self._known:
            raise FlowError(f"order {order_id} comes twice")
        self._known.add(order_id)
        member, match = self._sender(operation)
        self._book.take(match.fills)
        if match.left:
            self._book.rest(order_id, member, operation.side, operation.price, match.left)
        return member, match

    def _sender(self, operation: Operation) -> tuple[int, Match]:
        """The maker if nothing trades, else the next taker who doesn't meet an order of his own."""
        match = self._match(MAKER, operation)
        if not match.fills and not match.crossed_self:
            return MAKER, match
        for _ in TAKERS:
            taker = TAKERS[self._turn]
            self._turn = (self._turn + 1) % len(TAKERS)
            match = self._match(taker, operation)
            if not match.crossed_self:
                return taker, match
        raise FlowError(f"order {operation.order_id} meets orders of all {len(TAKERS)} takers")

    def _match(self, member: int, operation: Operation) -> Match:
        return self._book.match(member, operation.side, operation.price, operation.quantity, 1)
