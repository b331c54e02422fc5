"""Owns what members do in markets as entries: orders, fills, positions opened and closed, settlements.

Never tells who may see it, and never moves money.
Called through the social machine's table.

What a member does stands in the member's own stream alone: whoever follows them reads it there. That a
position was opened or closed stands in its market's stream, too.
"""

from collections.abc import Iterator
from typing import Final

from actors.machines.market_stream.executions import maker_fills, own_fills
from actors.machines.messages.activity import Content, EntryAdded
from actors.machines.messages.auctions import AuctionUncrossed, SetUncrossed
from actors.machines.messages.book_events import OrderMatched, OrderReplaced
from actors.machines.messages.challenges import ChallengeAccepted
from actors.machines.messages.events import (
    OrderPlaced,
    PositionSettled,
)
from actors.machines.messages.parts import MakerFill
from actors.machines.messages.trading_entries import (
    Counterparty,
    FillContent,
    OrderContent,
    SettlementContent,
    VoidedContent,
)
from actors.machines.messages.voiding import StakesReturned
from actors.machines.messages.words import Side
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
    own = own_fills(event) if event.sets else fills
    if own and _is_here(state, event.account_id):
        content = FillContent(
            event.order_id,
            event.contract_id,
            event.side,
            sum(fill.quantity for fill in own),
            sum(fill.price * fill.quantity for fill in own),
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
    if event.sets:
        yield from _in_sets(state, event, at)


def _in_sets(state: SocialState, event: OrderMatched, at: Moment) -> Iterator[EntryAdded]:
    """What resting orders of other contracts traded. In a set nobody trades against anybody."""
    for made in maker_fills(event):
        if made.contract_id != event.contract_id and _is_here(state, made.account_id):
            content = FillContent(
                made.order_id,
                made.contract_id,
                made.side,
                sum(fill.quantity for fill in made.fills),
                sum(fill.price * fill.quantity for fill in made.fills),
                maker=True,
                counterparties=(),
            )
            yield from _traded(state, made.account_id, event.market_id, content, at)


def replaced(state: SocialState, event: OrderReplaced, at: Moment) -> Iterator[EntryAdded]:
    """An order that arrived anew may have traded."""
    yield from matched(state, event.arrival, at)


def uncrossed(state: SocialState, event: AuctionUncrossed, at: Moment) -> Iterator[EntryAdded]:
    """What was traded in an auction, an entry for each order: all of them were waiting."""
    totals: dict[int, tuple[int, Side, dict[int, int]]] = {}
    for fill in event.fills:
        for order_id, account_id, side, other_id in (
            (fill.buy_order_id, fill.buy_account_id, Side.BUY, fill.sell_account_id),
            (fill.sell_order_id, fill.sell_account_id, Side.SELL, fill.buy_account_id),
        ):
            if _is_here(state, account_id):
                _, _, against = totals.setdefault(order_id, (account_id, side, {}))
                against[other_id] = against.get(other_id, 0) + fill.quantity
    for order_id, (account_id, side, against) in totals.items():
        quantity = sum(against.values())
        content = FillContent(
            order_id,
            event.contract_id,
            side,
            quantity,
            event.price * quantity,
            maker=True,
            counterparties=tuple(
                Counterparty(other_id, traded, event.price * traded) for other_id, traded in against.items()
            ),
        )
        yield from _traded(state, account_id, event.market_id, content, at)


def uncrossed_set(state: SocialState, event: SetUncrossed, at: Moment) -> Iterator[EntryAdded]:
    """A set that an auction ended with is one like all, of the order that came last."""
    yield from matched(state, event.taken, at)


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
    # What traded and was cancelled then is no filled order, but comes to something.
    if not (event.order_ids or event.result or event.gross) or not _is_here(state, event.account_id):
        return
    if event.version > 1 and not event.gross and not event.commission:
        return
    content = SettlementContent(event.void, event.result, event.commission_total, event.version)
    yield _entry(state, event.account_id, event.market_id, content, at)


def returned(state: SocialState, event: StakesReturned, at: Moment) -> Iterator[EntryAdded]:
    """Told to those who traded in the contract; what they hold in it is nothing from then on."""
    traded = (
        event.order_ids or state.positions.held(event.account_id, event.market_id, event.contract_id).quantity
    )
    if traded and _is_here(state, event.account_id):
        yield _entry(state, event.account_id, event.market_id, VoidedContent(event.contract_id), at)


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
        case VoidedContent() as voided:
            held = state.positions.held(entry.account_id, entry.market_id, voided.contract_id)
            if held.quantity:
                state.positions.hold(entry.account_id, entry.market_id, voided.contract_id, positions.NOTHING)
        case _:
            pass


SLICE: Final = Slice(
    observes={
        OrderPlaced: placed,
        OrderMatched: matched,
        OrderReplaced: replaced,
        AuctionUncrossed: uncrossed,
        SetUncrossed: uncrossed_set,
        ChallengeAccepted: accepted,
        PositionSettled: settled,
        StakesReturned: returned,
    },
    evolves={EntryAdded: hold},
)
