"""Owns the values that several messages carry: fills, conditions, contracts, ladders, terms of a market.

Never decides anything; a part is data and its own invariants.
Called by commands, posted messages, events and answers.
"""

from typing import Annotated, Final

import msgspec

from actors.machines import limits
from actors.machines.messages.base import (
    AuctionLife,
    Commission,
    Count,
    Delay,
    Identity,
    Name,
    Part,
    Price,
    Quantity,
    Time,
)
from actors.machines.messages.words import SelfTrade, Side


class Fill(Part):
    """One execution as one side of it sees it; the price is the resting order's, in ticks."""

    execution_id: Identity
    price: Price
    quantity: Quantity


class MakerFill(Part):
    """One execution as the market records it: who was resting, and how much traded at what price."""

    execution_id: Identity
    order_id: Identity
    account_id: Identity
    price: Price
    quantity: Quantity


class SetLeg(Part):
    """One execution of a set: a resting order of one of the other contracts.

    ``price`` is what it traded at; ``better`` says by how much that is better than the order's own price.
    """

    execution_id: Identity
    contract_id: Identity
    order_id: Identity
    account_id: Identity
    price: Price
    better: Count = 0

    @property
    def resting_price(self) -> int:
        """The order's own price. Only a bid ever gets better than that in a set."""
        return self.price + self.better


class SetFill(Part):
    """A set of all contracts of a market that was made (all buy) or taken apart (all sell).

    ``execution_id`` and ``price`` are the arriving order's; with the legs' the prices come to 10000. Every
    side of it trades ``quantity``.
    """

    execution_id: Identity
    price: Price
    quantity: Quantity
    legs: tuple[SetLeg, ...]


class Conditions(Part):
    """What an order asks for beyond its price.

    ``post_only``: it may rest, but never take. ``self_trade``: what is cancelled where it would trade with
    an order of its own account. ``good_til``: when a good_til_date order ends; 0 for all others.
    ``market_version``: the version of the market that its member was looking at; 0: any.
    """

    post_only: bool = False
    self_trade: SelfTrade = SelfTrade.CANCEL_TAKER
    good_til: Time = 0
    market_version: Count = 0


PLAIN: Final = Conditions()
"""Those of most orders."""


class OwnOrder(Part):
    """A resting order that an arriving order of the same account met: ``quantity`` was left of it."""

    contract_id: Identity
    order_id: Identity
    side: Side
    price: Price
    quantity: Quantity


class Amended(Part):
    """What an order has become: its price, and its total, what was executed of it included."""

    price: Price
    quantity: Quantity


class LadderStep(Part):
    """Prices ``lowest``, ``lowest + step`` ... up to ``highest`` are allowed, in ticks."""

    lowest: Price
    highest: Price
    step: Annotated[int, msgspec.Meta(ge=1, le=limits.PRICE_MAX)]

    def __post_init__(self) -> None:
        if self.lowest > self.highest or (self.highest - self.lowest) % self.step:
            message = "a ladder step runs from its lowest price to its highest in whole steps"
            raise ValueError(message)

    def allows(self, price: int) -> bool:
        return self.lowest <= price <= self.highest and (price - self.lowest) % self.step == 0

    def nearest(self, price: int) -> tuple[int, int]:
        """Its next price down from this one and up from it; its own end where it has none on that side."""
        within = min(max(price, self.lowest), self.highest)
        below = within - (within - self.lowest) % self.step
        return below, below if below == within else below + self.step


FULL_LADDER = (LadderStep(limits.PRICE_MIN, limits.PRICE_MAX, 1),)


class Contract(Part):
    """One of a market's contracts; it pays out in full if it is among the winners."""

    contract_id: Identity
    name: Name
    slug: str


class Terms(Part):
    """What trading in a market rests on; frozen when the market first opens."""

    market_id: Identity
    contract_ids: Annotated[
        tuple[Identity, ...], msgspec.Meta(min_length=1, max_length=limits.CONTRACTS_PER_MARKET_MAX)
    ]
    winner_count: Annotated[int, msgspec.Meta(ge=1, le=limits.CONTRACTS_PER_MARKET_MAX)]
    commission: Commission
    ladder: Annotated[tuple[LadderStep, ...], msgspec.Meta(min_length=1, max_length=limits.LADDER_STEPS_MAX)]
    quantity_max: Quantity = limits.QUANTITY_MAX
    """What one order may be of at most."""

    def allows(self, price: int) -> bool:
        """Whether the ladder has this price."""
        return any(step.allows(price) for step in self.ladder)

    def nearest(self, price: int) -> tuple[int, ...]:
        """The ladder's prices beside this one: the next one down, if there is one, and the next one up."""
        beside = [each for step in self.ladder for each in step.nearest(price)]
        below = max((each for each in beside if each < price), default=None)
        above = min((each for each in beside if each > price), default=None)
        return tuple([each for each in (below, above) if each is not None])

    def worst_price(self, side: Side) -> int:
        """What an order of this side may have to trade at if it takes any price."""
        if side is Side.BUY:
            return max(step.highest for step in self.ladder)
        return min(step.lowest for step in self.ladder)


class Share(Part):
    """What one of the contracts that share the places left pays, in 1/10000 of a winner's payout."""

    contract_id: Identity
    share: Annotated[int, msgspec.Meta(ge=0, le=limits.PRICE_SCALE)]


class Verdict(Part):
    """How a market ended: its winners, or void; ``version`` counts the corrections from 1.

    ``dead_heat``: the contracts that share the places which the winners leave, in display order. With them
    the payouts sum to as many certain prices as the market has places. ``voided``: contracts that were
    taken out of the market before; what was traded in them is given back.
    """

    version: Identity
    winners: tuple[Identity, ...]
    void: bool = False
    dead_heat: tuple[Share, ...] = ()
    voided: tuple[Identity, ...] = ()

    @property
    def payouts(self) -> dict[int, int]:
        """What one unit of quantity pays, in ticks, by contract; a contract that isn't there pays nothing."""
        whole = dict.fromkeys(self.winners, limits.PRICE_SCALE)
        return whole | {each.contract_id: each.share for each in self.dead_heat}


class EventDetails(Part):
    """The real-world happening that markets are about."""

    event_id: Identity
    name: Name
    slug: str
    type: str
    start_time: Time
    description: str


class MarketDetails(Part):
    """A market as it is announced: its texts, its contracts in order, and its terms."""

    market_id: Identity
    event_id: Identity
    name: Name
    slug: str
    rules: str
    display_order: Count
    contracts: tuple[Contract, ...]
    winner_count: int
    commission: Commission
    ladder: tuple[LadderStep, ...]
    in_play_delay_ms: Delay = 0
    cross_matching: bool = False
    """Orders of all its contracts may meet, in sets; only where exactly one of several wins."""
    opening_auction_s: AuctionLife | None = None
    closing_auction_s: AuctionLife | None = None
    """Whether it opens by an auction, and may close by one, and for how long they collect orders."""
    quantity_max: Quantity = limits.QUANTITY_MAX
    """What one order may be of at most."""

    @property
    def terms(self) -> Terms:
        return Terms(
            self.market_id,
            tuple(contract.contract_id for contract in self.contracts),
            self.winner_count,
            self.commission,
            self.ladder,
            self.quantity_max,
        )
