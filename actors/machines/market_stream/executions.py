"""Owns what an arrival traded as each of its sides sees it: who arrived, each resting order, everybody else.

Never decides what trades: the event says it.
Called by the markets machine (reports), the social machine (entries, scores) and the projection.

A fill of a book is one execution of one contract, with two sides. A set is an execution of every contract at
once, each with one side: the arriving order's, and that of a resting order of each other contract.
"""

from collections.abc import Iterator
from typing import NamedTuple

from actors.machines.messages.book_events import OrderMatched
from actors.machines.messages.parts import Fill
from actors.machines.messages.words import Side


class Execution(NamedTuple):
    """What everybody may know: ``taker_side`` says from which side something was taken that rested.

    In a set it is the arriving order's own side in its contract; in the others what rested were orders of
    the same side, so it is the other one: whoever buys all the others sells this one, and conversely.
    """

    execution_id: int
    contract_id: int
    taker_side: Side
    price: int
    quantity: int


class MakerFills(NamedTuple):
    """What one resting order traded, in the order of trading."""

    contract_id: int
    order_id: int
    account_id: int
    side: Side
    fills: tuple[Fill, ...]


def executions(event: OrderMatched) -> list[Execution]:
    """All executions, in the order of trading."""
    made = [
        Execution(fill.execution_id, event.contract_id, event.side, fill.price, fill.quantity)
        for fill in event.fills
    ]
    for one in event.sets:
        made.append(Execution(one.execution_id, event.contract_id, event.side, one.price, one.quantity))
        made += [
            Execution(leg.execution_id, leg.contract_id, event.side.other, leg.price, one.quantity)
            for leg in one.legs
        ]
    return sorted(made) if event.sets else made


def own_fills(event: OrderMatched) -> tuple[Fill, ...]:
    """What the arriving order traded, in the order of trading."""
    fills = [Fill(fill.execution_id, fill.price, fill.quantity) for fill in event.fills]
    if event.sets:
        fills += [Fill(one.execution_id, one.price, one.quantity) for one in event.sets]
        fills.sort(key=_number)
    return tuple(fills)


def maker_fills(event: OrderMatched) -> list[MakerFills]:
    """What resting orders traded, in the order of the first execution of each."""
    side = event.side.other
    fills = [
        MakerFills(
            event.contract_id,
            fill.order_id,
            fill.account_id,
            side,
            (Fill(fill.execution_id, fill.price, fill.quantity),),
        )
        for fill in event.fills
    ]
    if not event.sets:
        return fills
    return sorted([*fills, *_in_sets(event)], key=_first_number)


def _in_sets(event: OrderMatched) -> Iterator[MakerFills]:
    """One order may be in several sets, one after the other."""
    made: dict[tuple[int, int, int], list[Fill]] = {}
    for one in event.sets:
        for leg in one.legs:
            fills = made.setdefault((leg.contract_id, leg.order_id, leg.account_id), [])
            fills.append(Fill(leg.execution_id, leg.price, one.quantity))
    for identity, fills in made.items():
        yield MakerFills(*identity, event.side, tuple(fills))


def _number(fill: Fill) -> int:
    return fill.execution_id


def _first_number(made: MakerFills) -> int:
    return made.fills[0].execution_id
