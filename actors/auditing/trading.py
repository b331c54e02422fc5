"""Owns the rules on orders at their account: accepted within funds and terms, moved by the market's word.

Never looks into a book: the audit of markets does.
Called by the audit of account streams.
"""

from collections.abc import Iterator

from actors.auditing.breaches import Findings, Rule
from actors.auditing.exposures import judge_exposure
from actors.auditing.members import KnownMarket, LiveOrder, Member, Members
from actors.auditing.positions import Position
from actors.machines.messages.amendments import AmendRefused, AmendRequested
from actors.machines.messages.events import (
    CancelRefused,
    CancelRequested,
    ExchangeStateNoted,
    OrderPlaced,
    OrderUpdated,
)
from actors.machines.messages.parts import Amended, Terms
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
        position = market.positions.setdefault(event.account_id, Position(market.voided))
        position.open(event.contract_id, buys=buys, price=event.price, quantity=event.quantity)
        before = member.exposure
        judge_exposure(self._findings, f"order {event.order_id}", event, member, position, market.terms)
        self._judge_funds(event, member, before)
        self._members.orders[event.order_id] = LiveOrder(
            event.account_id,
            event.market_id,
            event.contract_id,
            buys=buys,
            price=event.price,
            left=event.quantity,
        )

    def amend_requested(self, event: AmendRequested) -> None:
        """An amendment went to the market: of a live order, one at a time, its worst case within funds."""
        order = self._members.orders.get(event.order_id)
        if order is None or order.account_id != event.account_id or order.market_id != event.market_id:
            self._add(Rule.ORDER, f"order {event.order_id} is to be amended, but is no live order", event)
            return
        market = self._members.markets[order.market_id]
        assert market.terms is not None, "an order lives in a market with terms"
        if order.amendment is not None:
            what = f"order {event.order_id} is to be amended again, before the market's word"
            self._add(Rule.ORDER, what, event)
        if event.quantity_before != order.quantity:
            what = f"order {event.order_id} is of {order.quantity}, not of {event.quantity_before}"
            self._add(Rule.ORDER, what, event)
        if event.price != order.price or event.quantity > order.quantity:
            self._judge_replacement(event, market, market.terms)
        member, position = self._members.members[order.account_id], market.positions[order.account_id]
        before = member.exposure
        self._amend(order, Amended(event.price, event.quantity), position)
        judge_exposure(self._findings, f"order {event.order_id}", event, member, position, market.terms)
        self._judge_funds(event, member, before)

    def amend_refused(self, event: AmendRefused) -> None:
        """The order stays as it was, or has come to its end meanwhile: nothing more is reserved for it."""
        market = self._members.markets.get(event.market_id)
        position = None if market is None else market.positions.get(event.account_id)
        if market is None or market.terms is None or position is None:
            self._add(Rule.ORDER, f"order {event.order_id} is not amended, but there is none", event)
            return
        order = self._members.orders.get(event.order_id)
        if order is not None:
            self._amend(order, None, position)
        member = self._members.members[event.account_id]
        judge_exposure(self._findings, f"order {event.order_id}", event, member, position, market.terms)

    def _amend(self, order: LiveOrder, amendment: Amended | None, position: Position) -> None:
        before = order.at_risk
        order.amendment = amendment
        position.hold(order.contract_id, buys=order.buys, amount=order.at_risk - before)

    def _judge_replacement(self, event: AmendRequested, market: KnownMarket, terms: Terms) -> None:
        """What isn't just less of it is as good as a new order."""
        if self._halted:
            self._add(Rule.LIFE, f"order {event.order_id} is to be replaced in a halted exchange", event)
        if market.version:
            self._add(Rule.LIFE, f"order {event.order_id} is to be replaced in a settled market", event)
        if not terms.allows(event.price) or event.quantity > terms.quantity_max:
            what = f"order {event.order_id} is to become {event.quantity} at {event.price}"
            self._add(Rule.TERMS, f"{what}, which the market doesn't have", event)

    def _judge_funds(self, event: OrderPlaced | AmendRequested, member: Member, before: int) -> None:
        if event.exposure > member.balance and event.exposure > before:
            self._add(
                Rule.FUNDS,
                f"order {event.order_id} was accepted with an exposure of {event.exposure}, which is more"
                f" than the balance of {member.balance}",
                event,
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
        if event.fills and (market.version or order.contract_id in market.voided):
            self._add(Rule.LIFE, f"order {event.order_id} traded after its market was settled", event)
        if event.reason is Reason.MEMBER_REQUESTED:
            self._hear_cancel(event.order_id, event.market_id)
        member = self._members.members[order.account_id]
        position = market.positions[order.account_id]
        self._apply(order, event, position)
        judge_exposure(self._findings, f"order {event.order_id}", event, member, position, market.terms)
        if event.left == 0:
            del self._members.orders[event.order_id]
            if event.state is OrderState.FILLED:
                position.filled(order.contract_id, event.order_id)

    def _apply(self, order: LiveOrder, event: OrderUpdated, position: Position) -> None:
        before = order.at_risk
        for fill in event.fills:
            position.fill(order.contract_id, buys=order.buys, price=fill.price, quantity=fill.quantity)
            order.executed += fill.quantity
        if event.amended is not None:
            order.price, order.quantity = event.amended.price, event.amended.quantity
        if event.amended is not None or event.left == 0:
            order.amendment = None
        order.left = event.left
        order.answered = order.answered or event.taker or event.amended is None
        position.hold(order.contract_id, buys=order.buys, amount=order.at_risk - before)

    def _judge_terms(self, event: OrderPlaced, market: KnownMarket, terms: Terms) -> None:
        if market.version:
            self._add(Rule.LIFE, f"order {event.order_id} was accepted after its market was settled", event)
        if 0 < event.conditions.good_til <= event.time:
            self._add(Rule.CONDITIONS, f"order {event.order_id} was accepted after its time", event)
        if event.contract_id not in terms.contract_ids:
            self._add(Rule.TERMS, f"order {event.order_id} is for no contract of its market", event)
        if not terms.allows(event.price):
            self._add(
                Rule.TERMS, f"order {event.order_id} is at {event.price}, which the ladder lacks", event
            )

    def _hear_cancel(self, order_id: int, market_id: int | None) -> None:
        cancels = self._members.cancels
        waiting = cancels.pop(order_id, 0)
        if waiting == 0:
            self._findings.add(Rule.ORDER, f"order {order_id}: nobody asked for its cancel", market_id)
        elif waiting > 1:
            cancels[order_id] = waiting - 1

    def _add(
        self,
        rule: Rule,
        what: str,
        event: OrderPlaced | OrderUpdated | CancelRequested | AmendRequested | AmendRefused,
    ) -> None:
        self._findings.add(rule, what, event.market_id)


def _order_problems(order: LiveOrder, event: OrderUpdated) -> list[str]:
    """What the market's word says that can't be of this order."""
    order_id = event.order_id
    problems: list[str] = []
    traded = 0
    price, open_before = order.price, order.left
    if event.amended is not None:
        price, open_before = event.amended.price, event.amended.quantity - order.executed
        problems += _amendment_problems(order, event, event.amended)
    for fill in event.fills:
        traded += fill.quantity
        if fill.price > price if order.buys else fill.price < price:
            problems.append(f"order {order_id} is at {price} and got a worse {fill.price}")
    if event.contract_id != order.contract_id or (event.side is Side.BUY) is not order.buys:
        problems.append(f"order {order_id} changed its contract or its side")
    if traded > open_before:
        problems.append(f"order {order_id} traded {traded}, but only {open_before} was left")
    elif event.reason is None and event.left != open_before - traded:
        problems.append(f"order {order_id}: {open_before} less {traded} is not {event.left}")
    elif event.reason is not None and event.left:
        problems.append(f"order {order_id} is done with ({event.reason}), but {event.left} of it is open")
    if event.amended is None and event.taker is order.answered:
        problems.append(f"order {order_id} {'arrived twice' if event.taker else 'moved before it arrived'}")
    due = _state_due(order, event, traded)
    if event.state is not due:
        problems.append(f"order {order_id} became {event.state} instead of {due}")
    return problems


def _amendment_problems(order: LiveOrder, event: OrderUpdated, amended: Amended) -> Iterator[str]:
    """What is wrong with what an order became: it must be what was asked for, or end as it is."""
    asked = order.amendment
    if asked is None or (event.taker and not order.answered):
        yield f"order {event.order_id} became another one, and nobody asked for it"
        return
    ended = event.left == 0 and not event.taker and amended.quantity == order.executed >= asked.quantity
    if amended != asked and not ended:
        yield f"order {event.order_id} became {amended}, but was to become {asked}"


def _state_due(order: LiveOrder, event: OrderUpdated, traded: int) -> OrderState:
    if event.reason is not None:
        untouched = not order.answered and traded == 0
        rejected = event.state is OrderState.REJECTED and untouched
        return OrderState.REJECTED if rejected else OrderState.CANCELLED
    if event.left == 0:
        return OrderState.FILLED
    if not order.answered and not event.taker:
        return OrderState.PENDING  # it has become less while it waits to arrive
    return OrderState.PARTIAL if traded or order.executed else OrderState.CREATED
