"""Owns one member's account: balance, exposure, orders, positions, keys, what the member signs in by.

Never talks to a market: it decides what to accept, and follows the market's word.
Called by the accounts machine of the stream that holds the account.

An account is made by its registration and lives for good. ``available = balance - exposure`` is never
made negative by anything accepted here; only a corrected settlement can do that, and then nothing that
adds risk is accepted.
"""

from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from msgspec import structs

from actors.machines import limits
from actors.machines.account_stream.api_keys import ApiKeys
from actors.machines.account_stream.order import Order
from actors.machines.account_stream.order_guards import refuse_more, refuse_price_level, refuse_terms
from actors.machines.account_stream.position import Position
from actors.machines.account_stream.request import Keys, MemberRequest
from actors.machines.messages.amendments import AmendRefused, AmendRequested
from actors.machines.messages.answers import AccountResult, Refused
from actors.machines.messages.commands import CancelAll, CancelOrder, CancelReference, PlaceOrder
from actors.machines.messages.events import (
    CancelAllRequested,
    CancelRequested,
    MemberRegistered,
    OrderPlaced,
    OrderUpdated,
    PositionSettled,
    RequestOpened,
)
from actors.machines.messages.parts import Amended, Terms, Verdict
from actors.machines.messages.posted import OrderReport
from actors.machines.messages.voiding import StakesReturned
from actors.machines.messages.words import OrderState, Reason, Role, TimeInForce

Cancel = CancelRequested | CancelAllRequested


class Spot(NamedTuple):
    """Where a command stands: the request, its place in it, and the record's time."""

    request_id: int
    item: int
    time: int


class KnownMarket:
    """What an account stream knows of a market: its terms from opening on, its verdict in the end.

    ``holders`` are the accounts of this stream that ever had an order there, in order of arrival.
    """

    __slots__ = ("holders", "index", "terms", "verdict", "voided")

    def __init__(self) -> None:
        self.terms: Terms | None = None
        self.index: dict[int, int] = {}
        self.verdict: Verdict | None = None
        self.voided: tuple[int, ...] = ()
        """The places of the contracts that were taken out of it."""
        self.holders: dict[int, None] = {}


class Account:
    """The state of one account; money in 1/10^8 of a currency unit."""

    __slots__ = (
        "account_id",
        "amending",
        "api_keys",
        "balance",
        "bio",
        "cancels",
        "created_time",
        "display_name",
        "exposure",
        "finished",
        "generation",
        "keys",
        "live_orders",
        "open_challenges",
        "orders",
        "password_hash",
        "placing",
        "positions",
        "references",
        "registration_key",
        "role",
        "roles",
        "username",
        "web_keys",
    )

    def __init__(self, event: MemberRegistered) -> None:
        self.account_id = event.account_id
        self.username = event.username
        self.password_hash = event.password_hash
        self.display_name = event.display_name
        self.bio = ""
        self.role = event.role
        self.roles: tuple[Role, ...] = ()
        """Those that were granted."""
        self.api_keys = ApiKeys()
        self.registration_key = event.key
        self.created_time = event.time
        self.generation = 1
        self.balance = 0
        self.exposure = 0
        self.positions: dict[int, Position] = {}
        self.orders: dict[int, Order] = {}
        self.finished: deque[int] = deque()
        self.live_orders = 0
        self.open_challenges = 0
        """Live orders that are offered as challenges."""
        self.references: dict[str, dict[int, None]] = {}
        """References -> their live orders, newest last."""
        self.placing: dict[int, tuple[int, int]] = {}
        """Pending orders -> the request and item that their arrival answers."""
        self.amending: dict[int, tuple[int, int]] = {}
        """Orders -> the request and item that wait for the market's word on an amendment."""
        self.cancels: dict[int, deque[tuple[int, int]]] = {}
        """Orders -> the requests and items that wait for the market's word on a cancel, in order."""
        self.keys = Keys(limits.KEY_KEPT_US)
        self.web_keys = Keys(limits.WEB_KEY_KEPT_US)

    @property
    def available(self) -> int:
        return self.balance - self.exposure

    def result(self) -> AccountResult:
        """The account as an answer shows it."""
        return AccountResult(
            self.account_id,
            self.username,
            self.role,
            self.generation,
            self.balance,
            self.exposure,
            self.display_name,
            self.bio,
            self.created_time,
            self.roles,
        )

    # Decide: change nothing.

    def decide_place(
        self, market: KnownMarket | None, command: PlaceOrder, order_id: int, spot: Spot
    ) -> OrderPlaced | Refused:
        """Accepts an order, or refuses it with the first rung of the ladder that it fails."""
        if market is None:
            return Refused(Reason.MARKET_NOT_FOUND, "There is no such market.", "market_id")
        if market.verdict is not None:
            return Refused(Reason.MARKET_SETTLED, "The market is settled.", "market_id")
        if market.terms is None:
            return Refused(Reason.MARKET_NOT_OPEN, "The market has not opened yet.", "market_id")
        if market.voided and market.index.get(command.contract_id) in market.voided:
            return Refused(Reason.CONTRACT_VOIDED, "The contract was taken out of the market.", "contract_id")
        if command.time_in_force is TimeInForce.MARKET:
            # Funds are reserved for the worst that it may trade at.
            command = structs.replace(command, price=market.terms.worst_price(command.side))
        held = self.positions.get(command.market_id)
        refused = (
            refuse_terms(market.terms, market.index, command.contract_id, command.price, command.quantity)
            or refuse_more(self.live_orders, held)
            or refuse_price_level(held, command.contract_id, command.price)
        )
        if refused is not None:
            return refused
        if 0 < command.conditions.good_til <= spot.time:
            return Refused(Reason.INVALID_EXPIRY, "The time has passed already.", "good_til")
        position = held or Position(market.terms, market.index, market.voided)
        market_exposure = position.exposure_with(
            command.contract_id, command.side, command.price, command.quantity
        )
        exposure = self.exposure - position.exposure + market_exposure
        if self.balance < exposure and exposure > self.exposure:
            return Refused(Reason.INSUFFICIENT_FUNDS, "The order would risk more than is available.")
        return OrderPlaced(
            self.account_id,
            order_id,
            spot.request_id,
            spot.item,
            command.market_id,
            command.contract_id,
            command.side,
            command.price,
            command.quantity,
            command.time_in_force,
            command.reference_id,
            spot.time,
            exposure,
            market_exposure,
            conditions=command.conditions,
        )

    def decide_cancel(self, command: CancelOrder | CancelReference, spot: Spot) -> CancelRequested | Refused:
        """Passes a cancel on to the market, behind the order itself."""
        if isinstance(command, CancelReference):
            # An order whose cancel is on its way is as good as gone: the next cancel means the one before.
            newest_first = reversed(self.references.get(command.reference_id, {}))
            newest = next((order_id for order_id in newest_first if order_id not in self.cancels), None)
            if newest is None:
                return Refused(Reason.NOT_FOUND, "No live order has this reference.", "cancel_reference_id")
            order = self.orders[newest]
        elif (found := self.orders.get(command.order_id)) is None:
            return Refused(Reason.NOT_FOUND, "There is no such order.", "order_id")
        else:
            order = found
        if not order.live:
            return Refused(Reason.NOT_LIVE, f"The order is {order.state}.", "order_id")
        return self._cancel(order, spot)

    def decide_cancel_all(self, command: CancelAll, spot: Spot) -> list[Cancel]:
        """One cancel for each live order, oldest first."""
        if command.market_id is None:
            positions = list(self.positions.values())
        else:
            position = self.positions.get(command.market_id)
            positions = [] if position is None else [position]
        orders = sorted(order_id for position in positions for order_id in position.live)
        head = CancelAllRequested(self.account_id, spot.request_id, spot.item, len(orders))
        return [head, *(self._cancel(self.orders[order_id], spot) for order_id in orders)]

    def decide_report(self, report: OrderReport, time: int) -> OrderUpdated:
        """The market's word, with the exposure it leads to."""
        order = self.orders[report.order_id]
        position = self.positions[order.market_id]
        market_exposure = position.exposure_after(order, report.fills, report.left, report.amended)
        return OrderUpdated(
            self.account_id,
            report.order_id,
            order.market_id,
            order.contract_id,
            order.side,
            report.fills,
            report.left,
            order.state_after(report),
            report.reason,
            report.arrival,
            # Both sides and the public list show one time for an execution: the market's.
            report.time or time,
            self.exposure - position.exposure + market_exposure,
            market_exposure,
            report.amended,
        )

    def decide_settlement(self, market_id: int, verdict: Verdict) -> PositionSettled:
        """What a verdict moves for this member, now and (for a correction) beyond what it moved before."""
        position = self.positions[market_id]
        result, commission = position.results(verdict)
        gross = result - position.settled[0]
        charged = commission - position.settled[1]
        market_exposure = position.exposure_settled()
        exposure = self.exposure - position.exposure + market_exposure
        return PositionSettled(
            self.account_id,
            market_id,
            verdict.version,
            verdict.void,
            gross,
            charged,
            result,
            commission,
            self.balance + gross - charged,
            exposure,
            tuple(order_id for filled in position.filled.values() for order_id in filled),
            market_exposure,
        )

    # Evolve: total.

    def remember(self, event: RequestOpened) -> MemberRequest:
        request = MemberRequest(event)
        (self.keys if event.key_kept else self.web_keys).remember(request)
        return request

    def find_request(self, scope: str, key: str, *, key_kept: bool, now: int) -> MemberRequest | None:
        """The request known under this key, if it still is."""
        return (self.keys if key_kept else self.web_keys).find(scope, key, now)

    def place(self, event: OrderPlaced, market: KnownMarket) -> None:
        order = Order(event)
        self.orders[order.order_id] = order
        self.live_orders += 1
        self.open_challenges += order.is_offer
        position = self.positions.get(event.market_id)
        if position is None:
            assert market.terms is not None, f"market {event.market_id} is not open"
            position = Position(market.terms, market.index, market.voided)
            self.positions[event.market_id] = position
            market.holders[self.account_id] = None
        position.place(order, event.market_exposure)
        self.exposure = event.exposure
        self.placing[order.order_id] = (event.request_id, event.item)
        if order.reference_id is not None:
            self.references.setdefault(order.reference_id, {})[order.order_id] = None

    def report(self, event: OrderUpdated) -> Order:
        order = self.orders[event.order_id]
        position = self.positions[order.market_id]
        position.report(order, event.fills, event.left, event.market_exposure, event.amended)
        self.exposure = event.exposure
        order.update(event)
        if not order.live:
            self._finish(order, position)
        return order

    def expect_amendment(self, event: AmendRequested) -> None:
        order = self.orders[event.order_id]
        amendment = Amended(event.price, event.quantity)
        self.positions[event.market_id].amend(order, amendment, event.market_exposure)
        order.amendment = amendment
        self.exposure = event.exposure
        self.amending[event.order_id] = (event.request_id, event.item)

    def refuse_amendment(self, event: AmendRefused) -> None:
        order = self.orders.get(event.order_id)
        if order is not None and order.amendment is not None:
            self.positions[event.market_id].amend(order, None, event.market_exposure)
            order.amendment = None
        self.exposure = event.exposure

    def expect_cancel(self, event: CancelRequested) -> None:
        self.cancels.setdefault(event.order_id, deque()).append((event.request_id, event.item))

    def waiting_items(self) -> Iterator[tuple[int, tuple[int, int]]]:
        """Every order that a request waits for, with the request and item."""
        yield from self.placing.items()
        yield from self.amending.items()
        for order_id, waiting in self.cancels.items():
            for place in waiting:
                yield order_id, place

    def hear_cancel(self, order_id: int) -> tuple[int, int]:
        """Which request and item the market's word on a cancel answers: the market answers in order."""
        waiting = self.cancels[order_id]
        first = waiting.popleft()
        if not waiting:
            del self.cancels[order_id]
        return first

    def settle(self, event: PositionSettled) -> None:
        position = self.positions[event.market_id]
        self.balance = event.balance
        self.exposure = event.exposure
        position.settle(event.result, event.commission_total, event.market_exposure)
        self._end(event.order_ids, OrderState.VOIDED if event.void else OrderState.SETTLED)

    def take_back(self, event: StakesReturned) -> None:
        self.positions[event.market_id].void(event.contract_id, event.market_exposure)
        self.exposure = event.exposure
        self._end(event.order_ids, OrderState.VOIDED)

    def _end(self, order_ids: tuple[int, ...], state: OrderState) -> None:
        for order_id in order_ids:
            # The oldest may have left the actor's memory; their documents follow the event too.
            if (order := self.orders.get(order_id)) is not None:
                order.move_to(state)

    def _cancel(self, order: Order, spot: Spot) -> CancelRequested:
        return CancelRequested(
            self.account_id,
            order.order_id,
            order.market_id,
            spot.request_id,
            spot.item,
            Reason.MEMBER_REQUESTED,
        )

    def _finish(self, order: Order, position: Position) -> None:
        del position.live[order.order_id]
        self.live_orders -= 1
        self.open_challenges -= order.is_offer
        if order.state is OrderState.FILLED:
            position.filled.setdefault(order.contract_id, []).append(order.order_id)
        if order.reference_id is not None:
            same = self.references[order.reference_id]
            del same[order.order_id]
            if not same:
                del self.references[order.reference_id]
        self.finished.append(order.order_id)
        if len(self.finished) > limits.FINISHED_ORDERS_KEPT_PER_ACCOUNT:
            del self.orders[self.finished.popleft()]
