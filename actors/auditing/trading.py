"""Owns the rules on orders at their account: accepted within funds and terms, moved by the market's word.

Never looks into a book: the audit of markets does.
Called by the audit of account streams.
"""

from actors.auditing.breaches import Findings, Rule
from actors.auditing.members import KnownMarket, LiveOrder, Member, Members
from actors.auditing.positions import Position
from actors.machines.messages.events import (
    CancelRefused,
    CancelRequested,
    ExchangeStateNoted,
    OrderPlaced,
    OrderUpdated,
)
from actors.machines.messages.parts import Terms
from actors.machines.messages.words import ExchangeState, OrderState, Reason, Side
from actors.machines.streams import account_stream_of_id


class TradingAudit:
    """Orders of one account stream."""

    def __init__(self, members: Members, findings: Findings) -> None:
        self._members = members
        self._findings = findings
        self._last_order = 0
        self._halted = False

    def switched(self, event: ExchangeStateNoted) -> None:
        """The kill switch, as the stream was told of it."""
        self._halted = event.state is ExchangeState.HALTED

    def placed(self, event: OrderPlaced) -> None:
        """An order was accepted: it must be new, within the market's terms and within its member's funds."""
        member = self._members.members.get(event.account_id)
        market = self._members.markets.get(event.market_id)
        if member is None:
            self._add(Rule.IDENTITY, f"order {event.order_id} is of no account", event)
            return
        if (
            event.order_id <= self._last_order
            or account_stream_of_id(event.order_id) != self._findings.stream
        ):
            self._add(
                Rule.IDENTITY, f"order {event.order_id} comes after order {self._last_order} here", event
            )
        self._last_order = max(self._last_order, event.order_id)
        if self._halted:
            self._add(Rule.LIFE, f"order {event.order_id} was accepted while the exchange is halted", event)
        if market is None or market.terms is None:
            self._add(Rule.TERMS, f"order {event.order_id} was accepted before its market had terms", event)
            return
        self._judge_terms(event, market, market.terms)
        buys = event.side is Side.BUY
        position = market.positions.setdefault(event.account_id, Position())
        position.open(event.contract_id, buys=buys, price=event.price, quantity=event.quantity)
        before = member.exposure
        self._judge_exposure(event, member, position, market.terms)
        if event.exposure > member.balance and event.exposure > before:
            self._add(
                Rule.FUNDS,
                f"order {event.order_id} was accepted with an exposure of {event.exposure}, which is more"
                f" than the balance of {member.balance}",
                event,
            )
        self._members.orders[event.order_id] = LiveOrder(
            event.account_id,
            event.market_id,
            event.contract_id,
            buys=buys,
            price=event.price,
            left=event.quantity,
        )

    def cancel_requested(self, event: CancelRequested) -> None:
        order = self._members.orders.get(event.order_id)
        if order is None or order.account_id != event.account_id or order.market_id != event.market_id:
            self._add(Rule.ORDER, f"order {event.order_id} is to be cancelled, but is no live order", event)
        else:
            cancels = self._members.cancels
            cancels[event.order_id] = cancels.get(event.order_id, 0) + 1

    def cancel_refused(self, event: CancelRefused) -> None:
        self._hear_cancel(event.order_id, None)

    def updated(self, event: OrderUpdated) -> None:
        """The market's word on an order: what it fills and frees must be of this order, and add up."""
        order = self._members.orders.get(event.order_id)
        if order is None or order.account_id != event.account_id or order.market_id != event.market_id:
            self._add(Rule.ORDER, f"order {event.order_id} is moved, but is no live order", event)
            return
        market = self._members.markets[order.market_id]
        assert market.terms is not None, "an order lives in a market with terms"
        for what in _order_problems(order, event):
            self._add(Rule.ORDER, what, event)
        if event.fills and market.version:
            self._add(Rule.LIFE, f"order {event.order_id} traded after its market was settled", event)
        if event.reason is Reason.MEMBER_REQUESTED:
            self._hear_cancel(event.order_id, event.market_id)
        member = self._members.members[order.account_id]
        position = market.positions[order.account_id]
        self._apply(order, event, position)
        self._judge_exposure(event, member, position, market.terms)
        if event.left == 0:
            del self._members.orders[event.order_id]
            if event.state is OrderState.FILLED:
                position.filled(event.order_id)

    def _apply(self, order: LiveOrder, event: OrderUpdated, position: Position) -> None:
        freed = order.left - event.left
        position.open(order.contract_id, buys=order.buys, price=order.price, quantity=-freed)
        for fill in event.fills:
            position.fill(order.contract_id, buys=order.buys, price=fill.price, quantity=fill.quantity)
            order.executed += fill.quantity
        order.left = event.left
        order.answered = True

    def _judge_terms(self, event: OrderPlaced, market: KnownMarket, terms: Terms) -> None:
        if market.version:
            self._add(Rule.LIFE, f"order {event.order_id} was accepted after its market was settled", event)
        if event.contract_id not in terms.contract_ids:
            self._add(Rule.TERMS, f"order {event.order_id} is for no contract of its market", event)
        if not terms.allows(event.price):
            self._add(
                Rule.TERMS, f"order {event.order_id} is at {event.price}, which the ladder lacks", event
            )

    def _judge_exposure(
        self, event: OrderPlaced | OrderUpdated, member: Member, position: Position, terms: Terms
    ) -> None:
        """Compares the exposures that the event states; then goes on from those, to say it once."""
        due = position.exposure(len(terms.contract_ids), terms.winner_count)
        total = member.exposure - position.claimed + event.market_exposure
        if event.market_exposure != due or event.exposure != total:
            self._add(
                Rule.EXPOSURE,
                f"order {event.order_id} leaves account {event.account_id} with an exposure of"
                f" {event.market_exposure} in its market and {event.exposure} in all, but the worst case"
                f" is {due} there, which makes {member.exposure - position.claimed + due} in all",
                event,
            )
        position.claimed = event.market_exposure
        member.exposure = event.exposure

    def _hear_cancel(self, order_id: int, market_id: int | None) -> None:
        cancels = self._members.cancels
        waiting = cancels.pop(order_id, 0)
        if waiting == 0:
            self._findings.add(Rule.ORDER, f"order {order_id}: nobody asked for its cancel", market_id)
        elif waiting > 1:
            cancels[order_id] = waiting - 1

    def _add(self, rule: Rule, what: str, event: OrderPlaced | OrderUpdated | CancelRequested) -> None:
        self._findings.add(rule, what, event.market_id)


def _order_problems(order: LiveOrder, event: OrderUpdated) -> list[str]:
    """What the market's word says that can't be of this order."""
    order_id = event.order_id
    problems: list[str] = []
    traded = 0
    for fill in event.fills:
        traded += fill.quantity
        if fill.price > order.price if order.buys else fill.price < order.price:
            problems.append(f"order {order_id} is at {order.price} and got a worse {fill.price}")
    if event.contract_id != order.contract_id or (event.side is Side.BUY) is not order.buys:
        problems.append(f"order {order_id} changed its contract or its side")
    if traded > order.left:
        problems.append(f"order {order_id} traded {traded}, but only {order.left} was left")
    elif event.reason is None and event.left != order.left - traded:
        problems.append(f"order {order_id}: {order.left} less {traded} is not {event.left}")
    elif event.reason is not None and event.left:
        problems.append(f"order {order_id} is done with ({event.reason}), but {event.left} of it is open")
    if event.taker is order.answered:
        problems.append(f"order {order_id} {'arrived twice' if event.taker else 'moved before it arrived'}")
    due = _state_due(order, event, traded)
    if event.state is not due:
        problems.append(f"order {order_id} became {event.state} instead of {due}")
    return problems


def _state_due(order: LiveOrder, event: OrderUpdated, traded: int) -> OrderState:
    if event.reason is not None:
        untouched = not order.answered and traded == 0
        rejected = event.state is OrderState.REJECTED and untouched
        return OrderState.REJECTED if rejected else OrderState.CANCELLED
    if event.left == 0:
        return OrderState.FILLED
    return OrderState.PARTIAL if traded or order.executed else OrderState.CREATED
