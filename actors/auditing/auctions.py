"""Owns the rules of call auctions: the price is the one its orders ask for, and whose turn it is trades.

Never shares a line with the machine: it tries every price of the ladder, and takes orders in their turn.
Called by the audit of market streams, with the books as they stand before each event.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from actors.auditing.auction_sets import first_of_set, makes_a_set, refusal_problems, set_problems
from actors.auditing.books import AuditedBook, RestingOrder
from actors.auditing.breaches import Findings, Rule
from actors.auditing.sets import last_prices, take_set
from actors.machines import limits
from actors.machines.messages.auctions import (
    AuctionFill,
    AuctionStarted,
    AuctionUncrossed,
    SetUncrossed,
    Taken,
)
from actors.machines.messages.book_events import OrderCancelled, OrderMatched
from actors.machines.messages.events import (
    MarketClosed,
    MarketCreated,
    MarketOpened,
)
from actors.machines.messages.parts import LadderStep, MarketDetails
from actors.machines.messages.words import MarketState, Reason, Side, TimeInForce

Books = dict[int, AuditedBook]
BY_AN_AUCTION: Final = frozenset({Reason.INSUFFICIENT_LIQUIDITY, Reason.SELF_TRADE, Reason.LIMIT_EXCEEDED})
"""For these a resting order is cancelled unasked as an auction ends, and at no other time."""


class Outcome(NamedTuple):
    price: int
    volume: int
    imbalance: int


class AuctionedMarket:
    """A market. ``own``: while it collects, account -> its orders, some of which are gone.

    ``set_legs``: how many parts resting orders have in the sets that its auction ends with.
    """

    __slots__ = ("closing", "collecting", "details", "last_prices", "own", "references", "set_legs")

    def __init__(self, details: MarketDetails) -> None:
        self.details = details
        self.last_prices: dict[int, int] = {}
        self.collecting = False
        self.closing = False
        self.references: Mapping[int, int] = {}
        self.own: dict[int, dict[int, None]] = {}
        self.set_legs = 0


class AuctionsAudit:
    """The auctions of one market stream."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._markets: dict[int, AuctionedMarket] = {}
        self._ended: list[AuctionedMarket] = []
        """Where this record cancelled orders as if the auction ended."""
        self.time = 0
        """That of the record that is judged."""

    def end(self) -> None:
        """The events of a record were all judged."""
        for market in self._ended:
            if market.collecting:
                what = "orders were cancelled as if the auction ended, and it goes on"
                self._add(what, market.details.market_id)
        self._ended.clear()

    def created(self, event: MarketCreated) -> None:
        self._markets[event.market.market_id] = AuctionedMarket(event.market)

    def traded(self, event: OrderMatched) -> None:
        """An arriving order traded: the next auction may refer to that."""
        self._markets[event.market_id].last_prices.update(last_prices(event))

    def started(self, event: AuctionStarted, state: MarketState, books: Books) -> None:
        """An auction begins, or goes on: as its market has it, with the references that are due."""
        market = self._markets[event.market_id]
        for what in _start_problems(event, market, state, self.time):
            self._add(what, event.market_id)
        if not market.collecting:
            for book in books.values():
                for order_id, order in book.orders.items():
                    market.own.setdefault(order.account_id, {})[order_id] = None
        market.collecting, market.closing = True, event.closing
        market.references = {each.contract_id: each.price for each in event.references}

    def collected(self, event: OrderMatched, book: AuditedBook) -> None:
        """An order arrived: nothing trades, and nothing lies where it could trade with its own account's."""
        market_id, name = event.market_id, f"order {event.order_id}"
        own = self._markets[market_id].own.setdefault(event.account_id, {})
        met = [order_id for order_id in own if _could_meet(event, book.orders.get(order_id))]
        if event.fills or event.sets or event.left != event.quantity:
            self._add(f"{name} traded while orders are collected", market_id)
        if event.reason is Reason.SELF_TRADE and not met:
            what = f"{name} was cancelled for an order of its account that isn't there"
            self._findings.add(Rule.SELF_TRADE, what, market_id)
        cancelled = [each.order_id for each in event.cancelled]
        if cancelled and sorted(cancelled) != sorted(met):
            what = f"{name} cancelled {cancelled} of its account, but could meet {met}"
            self._findings.add(Rule.SELF_TRADE, what, market_id)
        for order_id in cancelled:
            book.remove(order_id)
        if event.reason is None:
            if met and not cancelled:
                what = f"{name} was collected where it could meet {met} of its own account"
                self._findings.add(Rule.SELF_TRADE, what, market_id)
            own[event.order_id] = None
            book.rest(event, self._findings)

    def uncrossed(self, event: AuctionUncrossed, book: AuditedBook) -> None:
        """A contract's auction ended: was it as it had to? Then what traded is gone."""
        market = self._markets[event.market_id]
        market_id, contract_id = event.market_id, event.contract_id
        due = outcome_of(book, market.details.ladder, market.references.get(contract_id, 0))
        said = Outcome(event.price, event.volume, event.imbalance)
        if said != due:
            what = f"the auction of contract {contract_id} ended with {tuple(said)}, but had to with"
            self._add(f"{what} {None if due is None else tuple(due)}", market_id)
        for rule, what in _fill_problems(event, book):
            self._findings.add(rule, what, market_id)
        for fill in event.fills:
            book.take(fill.buy_order_id, fill.quantity)
            book.take(fill.sell_order_id, fill.quantity)
        market.last_prices[contract_id] = event.price

    def set_uncrossed(self, event: SetUncrossed, books: Books) -> None:
        """As an auction ends a set was traded: was it due, in this way? Then it is gone from the books."""
        market, taken = self._markets[event.market_id], event.taken
        for what in set_problems(taken, books):
            self._add(what, event.market_id)
        take_set(taken, books)
        market.set_legs += len(books) - 1
        if market.set_legs > limits.SET_LEGS_PER_AUCTION_MAX:
            self._add(f"sets of an auction have {market.set_legs} legs", event.market_id)
        market.last_prices.update(last_prices(taken))

    def cancelled(self, event: OrderCancelled, books: Books, resting: RestingOrder) -> None:
        """While it collects: what is cancelled as the auction ends must not have been able to trade.

        The order is out of its book.
        """
        market, book = self._markets[event.market_id], books[event.contract_id]
        if event.reason is Reason.SELF_TRADE or event.reason is Reason.LIMIT_EXCEEDED:
            at_limit = market.set_legs + len(books) - 1 > limits.SET_LEGS_PER_AUCTION_MAX
            for what in refusal_problems(event, resting, books, at_limit=at_limit):
                self._add(what, event.market_id)
            self._ended.append(market)
            return
        is_market = resting.time_in_force is TimeInForce.MARKET
        if event.reason is Reason.INSUFFICIENT_LIQUIDITY and not is_market:
            self._add(f"order {event.order_id}, no market order, was cancelled as one", event.market_id)
        if event.reason is Reason.INSUFFICIENT_LIQUIDITY:
            self._ended.append(market)
        by_closing = event.reason is Reason.MARKET_HALTED and market.closing
        outlived = by_closing and resting.time_in_force is not TimeInForce.GOOD_TIL_HALTED
        if outlived or event.reason is Reason.INSUFFICIENT_LIQUIDITY:
            best = book.half(buys=not resting.buys).best()
            if best is not None and (best <= resting.price if resting.buys else best >= resting.price):
                what = f"order {event.order_id} was cancelled, although {best} was there to trade with"
                self._findings.add(Rule.CROSSED, what, event.market_id)
        if outlived and market.details.cross_matching and makes_a_set(event.contract_id, resting, books):
            what = f"order {event.order_id} was cancelled, although a set was there to trade"
            self._findings.add(Rule.CROSSED, what, event.market_id)

    def stopped(self, event: MarketOpened | MarketClosed, books: Books) -> None:
        """It is open, or closed: if by an auction, what was there to trade must have traded."""
        market = self._markets[event.market_id]
        if not market.collecting:
            return
        market.collecting, market.own, market.set_legs = False, {}, 0
        if market.details.cross_matching and (first := first_of_set(books)):
            what = f"the auction ends, and a set could be traded by the orders {[*first]}"
            self._findings.add(Rule.CROSSED, what, event.market_id)
        for contract_id, book in books.items():
            bid, offer = book.half(buys=True).best(), book.half(buys=False).best()
            if bid is not None and offer is not None and bid >= offer:
                what = f"contract {contract_id} opens with a bid of {bid} and an offer of {offer}"
                self._findings.add(Rule.CROSSED, what, event.market_id)
            left = [at for at, each in book.orders.items() if each.time_in_force is TimeInForce.MARKET]
            if left:
                self._add(f"the market orders {left} outlive the auction", event.market_id)

    def _add(self, what: str, market_id: int) -> None:
        self._findings.add(Rule.AUCTION, what, market_id)


def outcome_of(book: AuditedBook, ladder: Sequence[LadderStep], reference: int) -> Outcome | None:
    """At what price this trades, how much, and what is left over; None: nothing does."""
    demand, supply = [0] * (limits.PRICE_SCALE + 2), [0] * (limits.PRICE_SCALE + 2)
    for order in book.orders.values():
        (demand if order.buys else supply)[order.price] += order.left
    for price in range(limits.PRICE_SCALE, -1, -1):
        demand[price] += demand[price + 1]
    for price in range(1, limits.PRICE_SCALE + 1):
        supply[price] += supply[price - 1]
    best: tuple[tuple[int, int, int, int], Outcome] | None = None
    for step in ladder:
        for price in range(step.lowest, step.highest + 1, step.step):
            volume, imbalance = min(demand[price], supply[price]), demand[price] - supply[price]
            rank = (-volume, abs(imbalance), abs(price - reference), price)
            if volume and (best is None or rank < best[0]):
                best = rank, Outcome(price, volume, imbalance)
    return None if best is None else best[1]


def _start_problems(
    event: AuctionStarted, market: AuctionedMarket, state: MarketState, time: int
) -> Iterator[str]:
    """What is wrong with how an auction begins."""
    details = market.details
    life_s = details.closing_auction_s if event.closing else details.opening_auction_s
    kind = "closing" if event.closing else "opening"
    due_closing = market.closing if market.collecting else state is not MarketState.DRAFT
    if life_s is None or event.closing is not due_closing:
        yield f"a market that is {state} begins a {kind} auction, which is not its way"
    if event.ends_time != (time + life_s * 1_000_000 if life_s else 0):
        yield f"the {kind} auction from {time} on ends at {event.ends_time}, but may last {life_s} s"
    middle = (min(s.lowest for s in details.ladder) + max(s.highest for s in details.ladder)) // 2
    due = [(c.contract_id, market.last_prices.get(c.contract_id, middle)) for c in details.contracts]
    said = [(each.contract_id, each.price) for each in event.references]
    if said != due:
        yield f"the {kind} auction refers to {said}, but had to refer to {due}"


def _could_meet(event: OrderMatched, order: RestingOrder | None) -> bool:
    """Whether an arriving order could come to trade with this one, which may be gone."""
    if order is None or order.buys is (event.side is Side.BUY):
        return False
    return order.price >= event.price if order.buys else order.price <= event.price


def _fill_problems(event: AuctionUncrossed, book: AuditedBook) -> Iterator[tuple[Rule, str]]:
    """Fill by fill, whose turn it was on both sides; the first one out of turn is told, then the sums."""
    buyers, sellers = _Turns(book, event.price, buys=True), _Turns(book, event.price, buys=False)
    taken: dict[bool, dict[int, int]] = {True: {}, False: {}}
    left = event.volume
    for fill in event.fills:
        buyer, seller = buyers.next(), sellers.next()
        due_quantity = min(buyers.left, sellers.left, left)
        due = AuctionFill(fill.execution_id, *buyer, *seller, due_quantity)
        if fill != due:
            what = f"execution {fill.execution_id} of an auction is of orders {fill.buy_order_id} and"
            turn = f"it was the turn of {due.buy_order_id} and {due.sell_order_id} for {due_quantity}"
            yield Rule.PRIORITY, f"{what} {fill.sell_order_id} for {fill.quantity}; {turn}"
            return
        if fill.buy_account_id == fill.sell_account_id:
            what = f"account {fill.buy_account_id} traded with itself in an auction"
            yield Rule.SELF_TRADE, f"{what} (orders {fill.buy_order_id} and {fill.sell_order_id})"
        left -= fill.quantity
        for turns, buys in ((buyers, True), (sellers, False)):
            turns.left -= fill.quantity
            taken[buys][turns.price] = taken[buys].get(turns.price, 0) + fill.quantity
    if left:
        what = f"the fills of contract {event.contract_id} miss {left} of its auction's volume"
        yield Rule.QUANTITY, what
    bids, offers = (tuple(Taken(*level) for level in taken[buys].items()) for buys in (True, False))
    if (event.bids, event.offers) != (bids, offers):
        what = f"the auction of contract {event.contract_id} takes {bids} and {offers} of its levels"
        yield Rule.QUANTITY, f"{what}, not {event.bids} and {event.offers}"


class _Turns:
    """The orders of a side that may trade at a price: market orders, then by price, then by time."""

    def __init__(self, book: AuditedBook, price: int, *, buys: bool) -> None:
        sign = -1 if buys else 1
        willing = [
            (order_id, order)
            for order_id, order in book.orders.items()
            if order.buys is buys and sign * order.price <= sign * price
        ]
        self._orders: Iterator[tuple[int, RestingOrder]] = iter(
            sorted(
                willing,
                key=lambda each: (each[1].time_in_force is not TimeInForce.MARKET, sign * each[1].price),
            )
        )
        self._now = (0, 0)
        self.price = 0
        self.left = 0

    def next(self) -> tuple[int, int]:
        """Order and account whose turn it is; zeros if nobody is left."""
        if self.left == 0:
            order_id, order = next(self._orders, (0, RestingOrder(0, 0, 0, buys=False)))
            self._now, self.price, self.left = (order_id, order.account_id), order.price, order.left
        return self._now
