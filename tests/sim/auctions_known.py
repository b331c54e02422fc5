"""Owns what the records of market streams say of auctions: when they begin and end, and how they trade.

Never shares a rule with the machines: naive auctions stand in for a market's naive books while it collects.
Called by what is known of markets, event by event, and at the end of each record.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from actors.machines.book.naive import NaiveBook
from actors.machines.messages import events
from actors.machines.messages.auctions import AuctionStarted, AuctionUncrossed, SetUncrossed
from actors.machines.messages.book_events import OrderCancelled
from actors.machines.messages.parts import Fill, MakerFill
from actors.machines.messages.words import Reason
from actors.machines.streams import account_stream_of_id
from tests.sim.letters_kept import Key
from tests.sim.naive_auction import Due, NaiveAuction
from tests.sim.sets_known import (
    NaiveSet,
    check_sets,
    due_set,
    fills_of,
    fills_of_makers,
    last_prices_of,
    naive_set,
    take_sets,
)
from tests.sim.violations import require

if TYPE_CHECKING:
    from tests.sim.markets_known import MarketKnown

Move = AuctionStarted | events.MarketOpened | events.MarketHalted | events.MarketClosed


class AuctionsKnown:
    """Of all markets of the exchange."""

    def move(self, event: Move, market: "MarketKnown", time: int) -> None:
        """The market is about to take a step."""
        if isinstance(event, AuctionStarted):
            self._start(event, market, time)
        elif market.collecting is not None and not isinstance(event, events.MarketHalted):
            if isinstance(event, events.MarketOpened):
                require(market.state == "auction" and not market.collecting.closing, "{}: not by it", event)
            self._end(event, market)
        elif market.details.opening_auction_s is not None and market.state == "draft":
            require(False, "{}: it opens by an auction", event)

    def uncross(self, event: AuctionUncrossed, market: "MarketKnown") -> Iterator[tuple[str, Key]]:
        """What trades must be what a naive auction says; gives the reports that it owes to members."""
        book = market.books[event.contract_id]
        assert isinstance(book, NaiveAuction), f"{event}: nothing was collected"
        require(market.state == "auction" and market.collecting is not None, "{}: in no auction", event)
        due = book.ends(market.details.ladder, _reference(market, event.contract_id))
        assert due is not None, f"{event}: nothing had to trade"
        told = [(fill.buy_order_id, fill.sell_order_id, fill.quantity) for fill in event.fills]
        said = (event.price, event.volume, event.imbalance)
        require((*said, told) == tuple(due), "{} had to trade {}", event, due)
        own: dict[int, list[Fill]] = {}
        for fill in event.fills:
            require(fill.buy_account_id != fill.sell_account_id, "{}: with itself", event)
            market.executions += 1
            require(fill.execution_id == market.executions, "{}: {} is next", event, market.executions)
            for order_id in (fill.buy_order_id, fill.sell_order_id):
                traded = Fill(fill.execution_id, event.price, fill.quantity)
                own.setdefault(order_id, []).append(traded)
        book.trade(due)
        market.last_prices[event.contract_id] = event.price
        for order_id, fills in own.items():
            left = book.get(order_id)
            key = ("report", order_id, tuple(fills), 0 if left is None else left.quantity)
            yield account_stream_of_id(order_id), key

    def uncross_set(self, event: SetUncrossed, market: "MarketKnown") -> Iterator[tuple[str, Key]]:
        """A set must be due in just this way; gives the reports that it owes to members."""
        require(market.state == "auction" and market.details.cross_matching, "{}: no sets here", event)
        alone = self._trades_alone(market)
        require(alone is None, "{}: {} has to trade before", event, alone)
        due = due_set(market.books, market.came)
        assert due is not None, f"{event}: no set had to trade"
        require(not due.shared, "{}: had to be cancelled, as its own account's are in it", event)
        taken = event.taken
        made = naive_set(due.others, market.executions + 1, due.quantity)
        order = due.last.first
        said = (taken.contract_id, taken.order_id, taken.account_id, taken.side, taken.price, taken.quantity)
        right = (
            due.last.contract_id,
            order.order_id,
            order.account_id,
            order.side,
            order.price,
            due.quantity,
        )
        require(said == right, "{}: it is {}'s turn to take", event, right)
        require(taken.sets == (made,), "{} had to be of {}", event, made)
        whole = (taken.fills, taken.left, taken.reason, taken.cancelled, taken.good_til, taken.delayed)
        require(whole == ((), 0, None, (), 0, False), "{}: more than a set", event)
        own = MakerFill(made.execution_id, order.order_id, order.account_id, order.price, due.quantity)
        market.books[taken.contract_id].take([own])
        market.executions += take_sets(market.books, taken)
        market.last_prices |= last_prices_of(taken)
        told = [(taken.contract_id, taken.order_id, fills_of(taken)), *fills_of_makers(taken)]
        for contract_id, order_id, fills in told:
            left = market.books[contract_id].get(order_id)
            key = ("report", order_id, fills, 0 if left is None else left.quantity)
            yield account_stream_of_id(order_id), key

    def cancel(self, event: OrderCancelled, market: "MarketKnown") -> None:
        """An order is about to be cancelled for its own account's, instead of a set traded."""
        if event.reason is not Reason.SELF_TRADE:
            return
        due = due_set(market.books, market.came) if market.state == "auction" else None
        right = due is not None and due.shared and due.last.first.order_id == event.order_id
        require(right and self._trades_alone(market) is None, "{}, but {} was due", event, due)

    @staticmethod
    def _trades_alone(market: "MarketKnown") -> Due | None:
        """What a contract of the market would trade by itself; None: nothing would."""
        for contract_id, auction in market.books.items():
            assert isinstance(auction, NaiveAuction), f"market {market} collects nothing"
            require(not auction.market_orders(), "{}: its market orders are left", market.details)
            due = auction.ends(market.details.ladder, _reference(market, contract_id))
            if due is not None:
                return due
        return None

    def check_due(self, markets: Mapping[int, "MarketKnown"], time: int) -> None:
        """After a record of this time: an auction whose time has come has ended."""
        for market_id, market in markets.items():
            if market.state == "auction" and market.collecting is not None:
                late = 0 < market.collecting.ends_time <= time
                require(not late, "market {}: {} is not over", market_id, market.collecting)

    def _start(self, event: AuctionStarted, market: "MarketKnown", time: int) -> None:
        details = market.details
        before = market.collecting
        due = market.state != "draft" if before is None else before.closing
        require(event.closing is due, "{} in a market that is {}", event, market.state)
        life_s = details.closing_auction_s if event.closing else details.opening_auction_s
        require(life_s is not None, "{}: it has no such auction", event)
        ends_time = time + life_s * 1_000_000 if life_s else 0
        require(event.ends_time == ends_time, "{}: it has to end at {}", event, ends_time)
        if before is None:
            market.books = {each: NaiveAuction(book.resting()) for each, book in market.books.items()}
            market.matchers = {**market.books}
        market.collecting = event
        said = {each.contract_id: each.price for each in event.references}
        right = {contract_id: _reference(market, contract_id) for contract_id in market.books}
        require(said == right, "{} had to refer to {}", event, right)

    def _end(self, event: Move, market: "MarketKnown") -> None:
        """What is left is a book again: nothing in it could trade, and no market order is left."""
        opens = isinstance(event, events.MarketOpened)
        for contract_id, auction in market.books.items():
            assert isinstance(auction, NaiveAuction), f"{event}: nothing was collected"
            left = auction.market_orders() if opens else []
            require(not left, "{}: the market orders {} are left", event, left)
            due = auction.ends(market.details.ladder, _reference(market, contract_id)) if opens else None
            require(due is None, "{}: contract {} had to trade {}", event, contract_id, due)
            book = market.books[contract_id] = NaiveBook()
            for order in auction.resting():
                book.rest(order.order_id, order.account_id, order.side, order.price, order.quantity)
        market.collecting, market.matchers = None, {**market.books}
        if market.details.cross_matching:
            market.matchers = {each: NaiveSet(each, market.books) for each in market.books}
            check_sets(market.books, event)


def _reference(market: "MarketKnown", contract_id: int) -> int:
    ladder = market.details.ladder
    middle = (min(step.lowest for step in ladder) + max(step.highest for step in ladder)) // 2
    return market.last_prices.get(contract_id, middle)
