"""Owns what members do in markets as entries: orders, fills, positions opened and closed, settlements.

Never tells who may see it, and never moves money.
Called through the social machine's table.

What a member does stands in the member's own stream alone: whoever follows them reads it there. That a
position was opened or closed stands in its market's stream, too.
"""

from collections.abc import Iterator
from typing import Final

from actors.machines.messages.activity import Content, EntryAdded
from actors.machines.messages.challenges import ChallengeAccepted
from actors.machines.messages.events import OrderMatched, OrderPlaced, PositionSettled
from actors.machines.messages.parts import MakerFill
from actors.machines.messages.trading_entries import (
    Counterparty,
    FillContent,
    OrderContent,
    SettlementContent,
)
from actors.machines.stream import names, positions
from actors.machines.stream.slice import Slice
from actors.machines.stream.state import Moment, SocialState

# Observed.


def placed(state: SocialState, event: OrderPlaced, at: Moment) -> Iterator[EntryAdded]:
    """An order of a challenge stands in no book: the challenge has entries of its own."""
    if event.challenge_id or not _is_here(state, event.account_id):
        return
    content = OrderContent(
        event.order_id, event.contract_id, event.side, event.price, event.quantity, event.time_in_force
    )
    yield _entry(state, event.account_id, event.market_id, content, at)


def matched(state: SocialState, event: OrderMatched, at: Moment) -> Iterator[EntryAdded]:
    """Both sides of what was traded, an entry for each order. No order rests against its own member's."""
    fills = event.fills
    if fills and _is_here(state, event.account_id):
        content = FillContent(
            event.order_id,
            event.contract_id,
            event.side,
            sum(fill.quantity for fill in fills),
            sum(fill.price * fill.quantity for fill in fills),
            maker=False,
            counterparties=_counterparties(fills),
        )
        yield from _traded(state, event.account_id, event.market_id, content, at)
    for fill in fills:
        if _is_here(state, fill.account_id):
            value = fill.price * fill.quantity
            content = FillContent(
                fill.order_id,
                event.contract_id,
                event.side.other,
                fill.quantity,
                value,
                maker=True,
                counterparties=(Counterparty(event.account_id, fill.quantity, value),),
            )
            yield from _traded(state, fill.account_id, event.market_id, content, at)


def accepted(state: SocialState, event: ChallengeAccepted, at: Moment) -> Iterator[EntryAdded]:
    """The trade that a challenge came to."""
    value = event.price * event.quantity
    sides = (
        (event.account_id, event.acceptor_id, event.challenge_id, event.side, True),
        (event.acceptor_id, event.account_id, event.order_id, event.side.other, False),
    )
    for account_id, against, order_id, side, maker in sides:
        if _is_here(state, account_id):
            counterparty = Counterparty(against, event.quantity, value)
            content = FillContent(
                order_id,
                event.contract_id,
                side,
                event.quantity,
                value,
                maker,
                (counterparty,),
                event.challenge_id,
            )
            yield from _traded(state, account_id, event.market_id, content, at)


def settled(state: SocialState, event: PositionSettled, at: Moment) -> Iterator[EntryAdded]:
    """Nothing is told of who never traded there, and of a correction that changes nothing for them."""
    if not event.order_ids or not _is_here(state, event.account_id):
        return
    if event.version > 1 and not event.gross and not event.commission:
        return
    content = SettlementContent(event.void, event.result, event.commission_total, event.version)
    yield _entry(state, event.account_id, event.market_id, content, at)


def _traded(
    state: SocialState, account_id: int, market_id: int, fill: FillContent, at: Moment
) -> Iterator[EntryAdded]:
    """A fill, and what it makes of the member's position."""
    held = state.positions.held(account_id, market_id, fill.contract_id)
    yield _entry(state, account_id, market_id, fill, at)
    for change in positions.changes(held, fill):
        yield _entry(state, account_id, market_id, change, at, names.of_market(market_id))


def _counterparties(fills: tuple[MakerFill, ...]) -> tuple[Counterparty, ...]:
    """Against whom how much was traded, in the order of the first trade with each."""
    totals: dict[int, tuple[int, int]] = {}
    for fill in fills:
        quantity, value = totals.get(fill.account_id, (0, 0))
        totals[fill.account_id] = (quantity + fill.quantity, value + fill.price * fill.quantity)
    return tuple(Counterparty(account_id, *total) for account_id, total in totals.items())


def _is_here(state: SocialState, account_id: int) -> bool:
    return state.is_here(names.of_member(account_id))


def _entry(
    state: SocialState, account_id: int, market_id: int, content: Content, at: Moment, *places: str
) -> EntryAdded:
    return state.activity.entry(
        content,
        at.time,
        names.of_member(account_id),
        *places,
        account_id=account_id,
        username=state.known.usernames[account_id],
        market_id=market_id,
        event_id=state.known.markets[market_id].event_id,
    )


# Evolved.


def hold(state: SocialState, event: EntryAdded) -> None:
    """Replayed from the entries alone: a fill changes what is held, a settlement ends it."""
    entry = event.entry
    match entry.content:
        case FillContent() as fill:
            held = state.positions.held(entry.account_id, entry.market_id, fill.contract_id)
            state.positions.hold(
                entry.account_id, entry.market_id, fill.contract_id, positions.after(held, fill)
            )
        case SettlementContent():
            state.positions.forget(entry.account_id, entry.market_id)
        case _:
            pass


SLICE: Final = Slice(
    observes={
        OrderPlaced: placed,
        OrderMatched: matched,
        ChallengeAccepted: accepted,
        PositionSettled: settled,
    },
    evolves={EntryAdded: hold},
)
