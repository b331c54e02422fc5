"""Owns what the records of account streams say: every account's money, orders and positions, computed anew.

Never shares a rule with the account machine: exposure is the definition, order by order for each outcome.
Called by the watch, event by event.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, product
from typing import Final

from actors.machines.messages import events
from actors.machines.messages.amendments import AmendRefused, AmendRequested
from actors.machines.messages.answers import Refused
from actors.machines.messages.challenges import Offer
from actors.machines.messages.parts import PLAIN, Amended, Conditions, Terms, Verdict
from actors.machines.messages.voiding import ContractVoidNoted, StakesReturned
from actors.machines.messages.words import ExchangeState, OrderState, Reason, Side, TimeInForce
from actors.machines.streams import Streams, account_stream_of_id
from tests.sim.violations import require

SCALE: Final = 10_000
LIVE: Final = ("pending", "created", "partial")


@dataclass(slots=True)
class OrderKnown:
    """One order: ``versions`` are all (state, executed, left) that it ever had."""

    account_id: int
    market_id: int
    contract_id: int
    side: Side
    price: int
    quantity: int
    time_in_force: TimeInForce
    place: tuple[str, int, int]
    left: int
    challenge_id: int = 0
    offer: Offer | None = None
    conditions: Conditions = PLAIN
    amendment: tuple[int, int] | None = None
    """The price and the total that it is to have, while its market has not said whether it does."""
    executed: int = 0
    value: int = 0
    state: OrderState = OrderState.PENDING
    versions: list[tuple[OrderState, int, int]] = field(default_factory=list)

    def note(self, state: OrderState) -> None:
        self.state = state
        self.versions.append((state, self.executed, self.left))

    def gain(self, winners: Sequence[int]) -> int:
        """What the open rest would bring if it filled, and these contracts won.

        With an amendment on its way: the least that may come of it, whether nothing or all of the old order
        fills before the new one is there.
        """
        old = self._gain(winners, self.price, self.left)
        if self.amendment is None:
            return old
        price, quantity = self.amendment
        left = max(0, quantity - self.executed)
        added = self._gain(winners, price, max(0, left - self.left))
        return min(old, old + added, self._gain(winners, price, left))

    def _gain(self, winners: Sequence[int], price: int, quantity: int) -> int:
        paid = SCALE * quantity if self.contract_id in winners else 0
        return paid - price * quantity if self.side is Side.BUY else price * quantity - paid


@dataclass(slots=True)
class PositionKnown:
    """What a member holds in one market, and the orders that are open there."""

    terms: Terms
    voided: dict[int, None]
    """Contracts that are out of the market, as the account's stream knows it."""
    cash: defaultdict[int, int] = field(default_factory=lambda: defaultdict(int))
    """What was paid (below 0) and received, by contract."""
    nets: dict[int, int] = field(default_factory=dict)
    live: dict[int, OrderKnown] = field(default_factory=dict)
    filled: dict[int, None] = field(default_factory=dict)
    paid: tuple[int, int] = (0, 0)
    """Result and commission that were moved so far."""
    held: tuple[dict[int, int], dict[int, int]] | None = None
    """Cash and nets as the first verdict found them."""

    @property
    def outcomes(self) -> Sequence[Sequence[int]]:
        """Which contracts may win together; the only one of a market may also lose."""
        contracts = [each for each in self.terms.contract_ids if each not in self.voided]
        together = list(combinations(contracts, self.terms.winner_count))
        return [*together, ()] if len(self.terms.contract_ids) == 1 else together

    def result(self, winners: Sequence[int]) -> int:
        """What is traded comes to this if these contracts win."""
        cash = sum(moved for contract_id, moved in self.cash.items() if contract_id not in self.voided)
        return cash + SCALE * sum(self.nets.get(winner, 0) for winner in winners)

    @property
    def open(self) -> list[OrderKnown]:
        """The orders that may still trade."""
        return [order for order in self.live.values() if order.contract_id not in self.voided]

    def exposure(self) -> int:
        """The largest loss: each open order fills where that hurts, and doesn't where it helps."""
        worst = 0
        for winners in self.outcomes:
            result = self.result(winners)
            for order in self.open:
                gain = order.gain(winners)
                if gain < 0:
                    result += gain
            worst = min(worst, result)
        return -worst

    def exposure_by_force(self) -> int:
        """The largest loss over all outcomes and all subsets of open orders that may fill."""
        worst = 0
        for winners in self.outcomes:
            result = self.result(winners)
            gains = [order.gain(winners) for order in self.open]
            for chosen in product((0, 1), repeat=len(gains)):
                total = sum(gain for gain, fills in zip(gains, chosen, strict=True) if fills)
                worst = min(worst, result + total)
        return -worst


@dataclass(slots=True)
class AccountKnown:
    username: str
    balance: int = 0
    exposure: int = 0
    positions: dict[int, PositionKnown] = field(default_factory=dict)


class AccountsKnown:
    """All accounts of the exchange."""

    def __init__(self, streams: Streams) -> None:
        self._streams = streams
        self.accounts: dict[int, AccountKnown] = {}
        self.orders: dict[int, OrderKnown] = {}
        self.requests: dict[tuple[int, str, str], tuple[str, int]] = {}
        """Account, scope, key -> stream and request id."""
        self.changed: dict[tuple[int, int], None] = {}
        """Accounts and markets whose exposure was computed since somebody last looked."""
        self.halted: defaultdict[str, bool] = defaultdict(bool)
        """Streams that know that the exchange is halted."""
        self.placed: dict[tuple[str, int, int], int] = {}
        """Stream, request, item -> order."""
        self.answered: dict[tuple[str, int, int], None] = {}
        self.terms: dict[tuple[str, int], Terms] = {}
        self.verdicts: dict[tuple[str, int], Verdict] = {}
        self.voided: defaultdict[tuple[str, int], dict[int, None]] = defaultdict(dict)
        """Stream, market -> contracts that were taken out of it."""
        self._returned: defaultdict[str, list[StakesReturned]] = defaultdict(list)
        """Streams -> stakes that were given back, and are not yet noted to be."""
        self.clearing: defaultdict[tuple[str, int], int] = defaultdict(int)
        self.external: defaultdict[str, int] = defaultdict(int)
        self.commission: defaultdict[str, int] = defaultdict(int)

    def take(self, stream: str, event: events.Event) -> None:  # noqa: C901, PLR0912 - a table, a line a case
        """Checks an event against all before it."""
        match event:
            case events.OrderPlaced():
                self._place(stream, event)
            case events.OrderUpdated():
                self._update(event)
            case AmendRequested():
                self._amend(stream, event)
            case AmendRefused():
                self._refuse_amendment(event)
            case events.RequestOpened():
                self._open(stream, event)
            case events.ItemAnswered():
                self._answer(stream, event)
            case events.PositionSettled():
                self._settle(stream, event)
            case events.VerdictNoted():
                self._note_verdict(stream, event)
            case StakesReturned():
                self._returned[stream].append(event)
            case ContractVoidNoted():
                self._void(stream, event)
            case events.MemberRegistered():
                require(event.account_id not in self.accounts, "{}: a second account of this id", event)
                known = (account.username for account in self.accounts.values())
                require(event.username not in known, "{}: a second account of this name", event)
                self.accounts[event.account_id] = AccountKnown(event.username)
            case events.MoneyDeposited():
                self._move_money(stream, event, event.amount)
            case events.MoneyWithdrawn():
                self._move_money(stream, event, -event.amount)
                account = self.accounts[event.account_id]
                require(account.balance >= account.exposure, "{}: more than was available", event)
            case events.ExchangeStateNoted():
                self.halted[stream] = event.state is ExchangeState.HALTED
            case events.TermsNoted():
                self.terms[stream, event.terms.market_id] = event.terms
            case _:
                pass

    def total(self, stream: str) -> int:
        """All money of a stream, its contra accounts included."""
        held = sum(account.balance for _, account in self.of_stream(stream))
        cleared = sum(amount for (name, _), amount in self.clearing.items() if name == stream)
        return held + cleared + self.external[stream] + self.commission[stream]

    def of_stream(self, stream: str) -> Iterator[tuple[int, AccountKnown]]:
        """The accounts of a stream by id."""
        return (pair for pair in self.accounts.items() if account_stream_of_id(pair[0]) == stream)

    def cleared(self, market_id: int) -> int:
        """What all streams together still hold of a market's settlement."""
        return sum(self.clearing[stream, market_id] for stream in self._streams.account_names)

    def applied(self, market_id: int, version: int) -> bool:
        """Whether every account stream has applied this version of a market's verdict."""
        verdicts = [self.verdicts.get((stream, market_id)) for stream in self._streams.account_names]
        return all(verdict is not None and verdict.version >= version for verdict in verdicts)

    def _open(self, stream: str, event: events.RequestOpened) -> None:
        key = (event.account_id, event.scope, event.key)
        require(key not in self.requests, "{}: applied twice", event)
        self.requests[key] = (stream, event.request_id)

    def _answer(self, stream: str, event: events.ItemAnswered) -> None:
        place = (stream, event.request_id, event.item)
        require(place not in self.answered, "{}: answered twice", event)
        require(place not in self.placed, "{}: an order was placed for it", event)
        internal = isinstance(event.result, Refused) and event.result.reason is Reason.INTERNAL
        require(not internal, "{}: it could not be decided", event)
        self.answered[place] = None

    def _place(self, stream: str, event: events.OrderPlaced) -> None:
        place = (stream, event.request_id, event.item)
        require(event.order_id not in self.orders, "{}: a second order of this id", event)
        require(place not in self.placed and place not in self.answered, "{}: placed twice", event)
        require((stream, event.market_id) not in self.verdicts, "{}: placed in a settled market", event)
        require(not self.halted[stream], "{}: placed while the exchange is halted", event)
        self.placed[place] = event.order_id
        account, terms = self.accounts[event.account_id], self.terms[stream, event.market_id]
        order = OrderKnown(
            event.account_id,
            event.market_id,
            event.contract_id,
            event.side,
            event.price,
            event.quantity,
            event.time_in_force,
            place,
            event.quantity,
            event.challenge_id,
            event.offer,
            event.conditions,
        )
        order.note(OrderState.PENDING)
        self.orders[event.order_id] = order
        position = account.positions.get(event.market_id)
        if position is None:
            position = account.positions[event.market_id] = PositionKnown(
                terms, self.voided[stream, event.market_id]
            )
        before, part = account.exposure, position.exposure()
        position.live[event.order_id] = order
        self._expose(account, position, part, event)
        require(account.balance >= account.exposure or account.exposure <= before, "{}: no funds", event)

    def _amend(self, stream: str, event: AmendRequested) -> None:
        order, account = self.orders[event.order_id], self.accounts[event.account_id]
        place = (stream, event.request_id, event.item)
        require(place not in self.answered, "{}: it is answered", event)
        require(order.state in LIVE, "{}: the order was {}", event, order.state)
        require(order.amendment is None, "{}: another one is on its way", event)
        require(event.quantity_before == order.quantity, "{}: of {}", event, order)
        if event.price != order.price or event.quantity > order.quantity:
            require(not self.halted[stream], "{}: while the exchange is halted", event)
            require((stream, event.market_id) not in self.verdicts, "{}: in a settled market", event)
        position = account.positions[event.market_id]
        before, part = account.exposure, position.exposure()
        order.amendment = (event.price, event.quantity)
        self._expose(account, position, part, event)
        require(account.balance >= account.exposure or account.exposure <= before, "{}: no funds", event)

    def _refuse_amendment(self, event: AmendRefused) -> None:
        order, account = self.orders[event.order_id], self.accounts[event.account_id]
        position = account.positions[event.market_id]
        part = position.exposure()
        order.amendment = None
        self._expose(account, position, part, event)

    def _update(self, event: events.OrderUpdated) -> None:
        order, account = self.orders[event.order_id], self.accounts[event.account_id]
        position = account.positions[order.market_id]
        part = position.exposure()
        require(order.state in LIVE, "{}: the order was {}", event, order.state)
        if event.amended is not None:
            self._become(order, event, event.amended)
        for fill in event.fills:
            better = fill.price <= order.price if order.side is Side.BUY else fill.price >= order.price
            require(better, "{}: traded beyond the order's price {}", event, order.price)
            sign = 1 if order.side is Side.BUY else -1
            order.executed += fill.quantity
            order.value += fill.quantity * fill.price
            position.cash[order.contract_id] -= sign * fill.quantity * fill.price
            position.nets[order.contract_id] = position.nets.get(order.contract_id, 0) + sign * fill.quantity
        whole = order.quantity == order.executed + event.left
        require(whole or event.reason is not None, "{}: something of {} is lost", event, order)
        require(order.executed + event.left <= order.quantity, "{}: more than was ordered", event)
        order.left = event.left
        require(event.state == self._state(order, event), "{}: of {}", event, order)
        order.note(event.state)
        if event.state not in LIVE:
            order.amendment = None
            del position.live[event.order_id]
        if event.state is OrderState.FILLED:
            position.filled[event.order_id] = None
        self._expose(account, position, part, event)

    def _become(self, order: OrderKnown, event: events.OrderUpdated, amended: Amended) -> None:
        """It is another order from here on: the one that was asked for, or no more than was executed."""
        told = (amended.price, amended.quantity)
        ended = amended.quantity == order.executed and event.left == 0 and not event.fills
        require(order.amendment == told or ended, "{}: asked was {}", event, order.amendment)
        order.price, order.quantity = told
        order.amendment = None

    def _state(self, order: OrderKnown, event: events.OrderUpdated) -> str:
        if event.reason is not None:
            rejected = event.taker and not event.fills and event.state is OrderState.REJECTED
            return "rejected" if rejected else "cancelled"
        if order.left == 0:
            return "filled"
        if event.amended is not None and not event.taker and order.state is OrderState.PENDING:
            return "pending"  # it has become less while it waits to arrive
        return "partial" if order.executed else "created"

    def _expose(
        self,
        account: AccountKnown,
        position: PositionKnown,
        part: int,
        event: events.OrderPlaced
        | events.OrderUpdated
        | AmendRequested
        | AmendRefused
        | events.PositionSettled
        | StakesReturned,
    ) -> None:
        """Moves on from the part that this market had of the account's exposure, and compares."""
        right = position.exposure()
        account.exposure += right - part
        self.changed[event.account_id, event.market_id] = None
        require(event.market_exposure == right, "{}: the exposure in the market is {}", event, right)
        require(event.exposure == account.exposure, "{}: the exposure is {}", event, account.exposure)

    def _settle(self, stream: str, event: events.PositionSettled) -> None:
        account = self.accounts[event.account_id]
        position = account.positions[event.market_id]
        part = position.exposure()
        if position.held is None:
            position.held = (position.cash, position.nets)
            position.cash, position.nets = defaultdict(int), {}
        filled = tuple(position.filled)
        require(sorted(event.order_ids) == sorted(filled), "{}: {} were filled", event, filled)
        for order_id in event.order_ids:
            self.orders[order_id].note(OrderState.VOIDED if event.void else OrderState.SETTLED)
        gross, commission = event.result - position.paid[0], event.commission_total - position.paid[1]
        require((event.gross, event.commission) == (gross, commission), "{}: after {}", event, position.paid)
        position.paid = (event.result, event.commission_total)
        account.balance += gross - commission
        require(event.balance == account.balance, "{}: the balance is {}", event, account.balance)
        self.clearing[stream, event.market_id] -= gross
        self.commission[stream] += commission
        self._expose(account, position, part, event)

    def _note_verdict(self, stream: str, event: events.VerdictNoted) -> None:
        market = (stream, event.market_id)
        before = 0 if market not in self.verdicts else self.verdicts[market].version
        require(event.verdict.version == before + 1, "{} after the verdict {}", event, before)
        self.verdicts[market] = event.verdict
        require(event.clearing == self.clearing[market], "{}: clearing is {}", event, self.clearing[market])
        for _, account in self.of_stream(stream):
            position = account.positions.get(event.market_id)
            if position is not None:
                right = _results(position, event.verdict)
                require(
                    position.paid == right,
                    "{}: {} has {}, not {}",
                    event,
                    account.username,
                    position.paid,
                    right,
                )

    def _void(self, stream: str, event: ContractVoidNoted) -> None:
        """All who ever ordered in the market have the contract's stakes back, each with the exposure left."""
        market = (stream, event.market_id)
        require(event.contract_id not in self.voided[market], "{}: a second time", event)
        require(market not in self.verdicts, "{}: after a verdict", event)
        holders = {
            account_id: (account, account.positions[event.market_id])
            for account_id, account in self.of_stream(stream)
            if event.market_id in account.positions
        }
        returned, self._returned[stream] = self._returned[stream], []
        told = sorted(each.account_id for each in returned)
        require(told == sorted(holders), "{}: stakes are given back to {}, not {}", event, told, [*holders])
        parts = {account_id: position.exposure() for account_id, (_, position) in holders.items()}
        self.voided[market][event.contract_id] = None
        for each in returned:
            account, position = holders[each.account_id]
            mine = [one for one in position.filled if self.orders[one].contract_id == event.contract_id]
            require(sorted(each.order_ids) == sorted(mine), "{}: {} were filled", each, mine)
            for order_id in mine:
                self.orders[order_id].note(OrderState.VOIDED)
                del position.filled[order_id]
            self._expose(account, position, parts[each.account_id], each)

    def _move_money(
        self, stream: str, event: events.MoneyDeposited | events.MoneyWithdrawn, amount: int
    ) -> None:
        account = self.accounts[event.account_id]
        account.balance += amount
        self.external[stream] -= amount
        require(event.balance == account.balance, "{}: the balance is {}", event, account.balance)


def _results(position: PositionKnown, verdict: Verdict) -> tuple[int, int]:
    """Result and commission: the commission is a part of a win, rounded down to the unit."""
    if verdict.void:
        return 0, 0
    cash, nets = position.held or (position.cash, position.nets)
    kept = sum(moved for contract_id, moved in cash.items() if contract_id not in verdict.voided)
    result = kept + sum(SCALE * nets.get(winner, 0) for winner in verdict.winners)
    result += sum(each.share * nets.get(each.contract_id, 0) for each in verdict.dead_heat)
    return result, max(0, result) * position.terms.commission // SCALE
