"""Owns the answers about events, markets and contracts.

Never shows what trades in them.
Called by the declarations of resources.
"""

from typing import Annotated, Literal, NotRequired, TypedDict

from msgspec import Meta

from actors.machines import limits
from actors.machines.messages.base import AuctionLife
from actors.machines.messages.words import EventState, MarketState
from resources.answers.general import Pagination
from resources.answers.values import DisplayOrder, Id, Price, Quantity, Slug, Time, Volume


class Event(TypedDict):
    """Something that will happen, or not: what markets are about."""

    id: Id
    name: str
    slug: Slug
    type: Annotated[str, Meta(examples=["sailing"])]
    state: EventState
    start_datetime: Time
    description: str
    created_datetime: Time
    volume: NotRequired[Volume]


class EventAnswer(TypedDict):
    event: Event


class SomeEvents(TypedDict):
    """The events that were asked for, in the order asked for."""

    events: list[Event]


class Events(SomeEvents):
    """A page of events."""

    pagination: Pagination


LadderStep = TypedDict("LadderStep", {"from": Price, "to": Price, "step": Price})
"""Prices from the lowest to the highest, in whole steps of ticks."""


class Contract(TypedDict):
    """One of a market's outcomes; pays out in full if it is among the winners, a share in a dead heat."""

    id: Id
    market_id: Id
    name: str
    slug: Slug
    display_order: DisplayOrder
    state_or_outcome: Annotated[
        Literal["draft", "auction", "open", "halted", "closed", "winner", "dead_heat", "loser", "voided"],
        Meta(description="The market's state; after settlement the contract's outcome."),
    ]
    payout: Annotated[
        Annotated[int, Meta(ge=0, le=10_000)] | None,
        Meta(description="What a unit of quantity pays, in 1/10000, once the market is settled."),
    ]


class Contracts(TypedDict):
    contracts: list[Contract]


class Auction(TypedDict):
    """Orders are collected, and trade at one price as it ends; what they would come to is in the quotes."""

    kind: Annotated[Literal["opening", "closing"], Meta(description="What the market does then.")]
    ends_datetime: Annotated[Time | None, Meta(description="Null: when staff ends it.")]


class Market(TypedDict):
    """Contracts that exclude each other, and their order book."""

    id: Id
    event_id: Id
    name: str
    slug: Slug
    state: MarketState
    winner_count: Annotated[int, Meta(ge=1, description="How many of the contracts pay out.")]
    commission: Annotated[
        str,
        Meta(
            pattern=r"^0\.[0-9]{2,4}\Z",
            description="The part of a member's result in the market that is kept.",
            examples=["0.02"],
        ),
    ]
    price_ladder: Annotated[list[LadderStep], Meta(description="The prices that are possible.")]
    rules: str
    display_order: DisplayOrder
    created_datetime: Time
    version: Annotated[
        int,
        Meta(
            ge=1,
            description="How often what may be traded here has changed: it began to collect orders, was"
            " opened, halted, closed or turned in play, or a contract was taken out of it. An order may name"
            " the version it was placed for.",
        ),
    ]
    in_play: Annotated[bool, Meta(description="What the market is about has begun.")]
    in_play_delay_ms: Annotated[
        int,
        Meta(
            ge=0,
            le=limits.IN_PLAY_DELAY_MAX_MS,
            description="So many milliseconds arriving orders wait while it is in play; cancels don't.",
        ),
    ]
    cross_matching: Annotated[
        bool,
        Meta(
            description="Orders of all its contracts may meet, in sets: exactly one of them wins. While it is"
            " in an auction they don't: they do as it ends, after each contract has traded by itself."
        ),
    ]
    quantity_max: Annotated[Quantity, Meta(description="What one order may be of at most.")]
    opening_auction_s: Annotated[
        AuctionLife | None,
        Meta(description="For how many seconds it collects orders before it opens; 0: until staff ends it."),
    ]
    closing_auction_s: Annotated[
        AuctionLife | None, Meta(description="The same as it closes, when staff asks for it.")
    ]
    auction: NotRequired[Annotated[Auction, Meta(description="Only while it is in one, halted or not.")]]
    volume: NotRequired[Volume]
    halt_reason: NotRequired[
        Annotated[str, Meta(description="Why the exchange itself halted it; only while it is halted.")]
    ]


class SomeMarkets(TypedDict):
    """The markets that were asked for, in the order asked for."""

    markets: list[Market]


class Markets(SomeMarkets):
    """A page of markets."""

    pagination: Pagination


class MarketWithContracts(Market):
    """A market with its contracts, in their order."""

    contracts: list[Contract]


class MarketAnswer(TypedDict):
    market: MarketWithContracts
