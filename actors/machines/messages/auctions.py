"""Owns the events of call auctions: that one begins, and how a contract's trades when it ends.

Never knows what the market does around it: that is in the market's own events.
Called by the market machine (which decides and evolves them) and by every follower of the log.
"""

from actors.machines.messages.base import Count, Identity, Message, Part, Price, Quantity, Time
from actors.machines.messages.book_events import OrderMatched


class AuctionFill(Part):
    """One execution of an auction, whose price is the auction's: both orders were waiting."""

    execution_id: Identity
    buy_order_id: Identity
    buy_account_id: Identity
    sell_order_id: Identity
    sell_account_id: Identity
    quantity: Quantity


class Reference(Part):
    """The price that a contract's auction is to come near to, where more than one would do."""

    contract_id: Identity
    price: Price


class Taken(Part):
    """How much of what stood at a price has traded, at whatever better price."""

    price: Price
    quantity: Count


class AuctionStarted(Message):
    """A market collects orders, or goes on with it after a halt; ``closing``: it is closed afterwards.

    ``ends_time``: when it ends by itself; 0: when staff ends it. One reference for each contract.
    """

    market_id: Identity
    closing: bool
    ends_time: Time
    references: tuple[Reference, ...]


class AuctionUncrossed(Message):
    """What was collected of a contract trades, all at one price; what is left of it is still there.

    ``volume`` is the sum of the fills, ``imbalance`` how much more was to be bought (or, below zero,
    sold) at this price. ``bids`` and ``offers``: what the fills take of each level, in priority order.
    """

    market_id: Identity
    contract_id: Identity
    price: Price
    volume: Count
    imbalance: int
    fills: tuple[AuctionFill, ...]
    bids: tuple[Taken, ...]
    offers: tuple[Taken, ...]
    time: Time


class SetUncrossed(Message):
    """As an auction ends, what is first in the books of all contracts trades as a set.

    ``taken``: the order among them that came last, as if just so much of it arrived: at its own price, all of
    it in the one set. What is left of it keeps its place.
    """

    market_id: Identity
    taken: OrderMatched


AuctionEvent = AuctionStarted | AuctionUncrossed | SetUncrossed
