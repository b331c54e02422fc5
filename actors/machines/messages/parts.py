"""Owns the values that several messages carry: fills, contracts, ladders, terms of a market.

Never decides anything; a part is data and its own invariants.
Called by commands, posted messages, events and answers.
"""

from typing import Annotated

import msgspec

from actors.machines import limits
from actors.machines.messages.base import Commission, Count, Identity, Name, Part, Price, Quantity, Time


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

    def allows(self, price: int) -> bool:
        """Whether the ladder has this price."""
        return any(step.allows(price) for step in self.ladder)


class Verdict(Part):
    """How a market ended: its winners, or void; ``version`` counts the corrections from 1."""

    version: Identity
    winners: tuple[Identity, ...]
    void: bool = False


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

    @property
    def terms(self) -> Terms:
        return Terms(
            self.market_id,
            tuple(contract.contract_id for contract in self.contracts),
            self.winner_count,
            self.commission,
            self.ladder,
        )
