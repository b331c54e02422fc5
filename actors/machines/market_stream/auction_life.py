"""Owns what a market decides of its auction: how it begins, what trades and what is cancelled as it ends.

Never knows the market's other states, and changes no book: what is decided is given as events.
Called by the market machine.

An auction that goes on after a halt begins anew: with its full time, and with all that was collected. What is
left of a market order as it ends is cancelled; then complementary contracts trade sets (``auction_sets.py``).
Other orders stay where the market opens by it, each with its place in time, or are cancelled as it closes.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from actors.machines.book.fast import FastBook
from actors.machines.book.interface import Book
from actors.machines.market_stream.auction import Auction
from actors.machines.market_stream.auction_sets import set_takings
from actors.machines.market_stream.equilibrium import midpoint
from actors.machines.messages.auctions import AuctionStarted, AuctionUncrossed, Reference, SetUncrossed
from actors.machines.messages.book_events import OrderCancelled
from actors.machines.messages.parts import MakerFill, MarketDetails
from actors.machines.messages.words import Reason

AUCTION_END: Final = -1
"""The identity by which timers know the end of a market's auction; no order or amendment is so near to 0."""
_US_PER_S: Final = 1_000_000

Ending = AuctionUncrossed | OrderCancelled | SetUncrossed
"""What takes orders from an auction as it ends."""


class Collecting:
    """An auction under way in a market, halted or not; ``ends_time`` is 0 where staff ends it."""

    __slots__ = ("closing", "ends_time", "references")

    def __init__(self, event: AuctionStarted) -> None:
        self.closing = event.closing
        self.ends_time = event.ends_time
        self.references = {each.contract_id: each.price for each in event.references}


def decide_start(
    details: MarketDetails, last_prices: Mapping[int, int], *, closing: bool, time: int
) -> AuctionStarted:
    """An auction of this market begins now. ``last_prices``: of the contracts that were traded."""
    life_s = details.closing_auction_s if closing else details.opening_auction_s
    middle = midpoint(details.ladder)
    references = tuple(
        Reference(contract.contract_id, last_prices.get(contract.contract_id, middle))
        for contract in details.contracts
    )
    return AuctionStarted(details.market_id, closing, time + life_s * _US_PER_S if life_s else 0, references)


def decide_uncross(
    details: MarketDetails,
    books: Mapping[int, Book],
    collecting: Collecting,
    first_execution_id: int,
    time: int,
) -> Iterator[AuctionUncrossed]:
    """What trades as the auction ends, contract by contract; nothing of those in which nothing does."""
    number = first_execution_id
    for contract_id, auction in books.items():
        assert isinstance(auction, Auction), f"contract {contract_id} is not collecting"
        ended = auction.uncross(details.ladder, collecting.references[contract_id], number)
        if ended is not None:
            number += len(ended.fills)
            yield AuctionUncrossed(
                details.market_id,
                contract_id,
                ended.at.price,
                ended.at.volume,
                ended.at.imbalance,
                ended.fills,
                ended.bids,
                ended.offers,
                time,
            )


def decide_leftovers(
    market_id: int, books: Mapping[int, Book], before: Iterable[Ending], *, market_orders: bool
) -> Iterator[OrderCancelled]:
    """What is cancelled as the auction ends, of what these events leave: the market orders, or all others."""
    gone = gone_by(before)
    for contract_id, auction in books.items():
        assert isinstance(auction, Auction), f"contract {contract_id} is not collecting"
        for order in auction.resting():
            left = order.quantity - gone.get(order.order_id, 0)
            if left and auction.is_market(order.order_id) is market_orders:
                yield OrderCancelled(
                    market_id,
                    contract_id,
                    order.order_id,
                    order.account_id,
                    order.side,
                    order.price,
                    left,
                    Reason.INSUFFICIENT_LIQUIDITY if market_orders else Reason.MARKET_HALTED,
                )


def collecting_book(book: Book) -> Auction:
    """An auction of what rests in a book."""
    auction = Auction()
    for order in book.resting():
        auction.rest(order.order_id, order.account_id, order.side, order.price, order.quantity)
    return auction


def trading_book(auction: Book) -> FastBook:
    """A book of what an auction leaves."""
    book = FastBook()
    for order in auction.resting():
        book.rest(order.order_id, order.account_id, order.side, order.price, order.quantity)
    return book


def takings(event: AuctionUncrossed) -> Iterator[MakerFill]:
    """What leaves the two sides of a contract's auction, fill by fill: the buyer's, then the seller's."""
    for fill in event.fills:
        quantity = fill.quantity
        yield MakerFill(fill.execution_id, fill.buy_order_id, fill.buy_account_id, event.price, quantity)
        yield MakerFill(fill.execution_id, fill.sell_order_id, fill.sell_account_id, event.price, quantity)


def gone_by(events: Iterable[Ending]) -> dict[int, int]:
    """How much of each order the events of an auction's end take from it."""
    gone: dict[int, int] = {}
    for event in events:
        match event:
            case AuctionUncrossed():
                for fill in takings(event):
                    gone[fill.order_id] = gone.get(fill.order_id, 0) + fill.quantity
            case SetUncrossed():
                for _, fill in set_takings(event.taken):
                    gone[fill.order_id] = gone.get(fill.order_id, 0) + fill.quantity
            case _:
                gone[event.order_id] = gone.get(event.order_id, 0) + event.quantity
    return gone
