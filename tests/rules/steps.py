"""Owns what a rule can say, as data: what there is at the beginning, what is done, what must be seen.

Never knows how it is written, or how it is done.
Called by the notation, which makes them, and by the stage, which performs them.

Prices are in ticks of 1/10000, quantities in 1/10000 of a currency unit, money in 1/10^8, times in
microseconds.
"""

from dataclasses import dataclass
from typing import Literal

from actors.machines.messages.words import MarketState, SelfTrade, Side, TimeInForce

# What there is at the beginning.


@dataclass(frozen=True, slots=True)
class Market:
    """The market of the scenario; ``ladder`` is the distance between its prices."""

    contracts: tuple[str, ...] = ("Yes", "No")
    winner_count: int = 1
    commission: int = 0
    ladder: int = 1
    opens: bool = True
    cross_matching: bool = False
    in_play_delay_ms: int = 0
    opening_auction_s: int | None = None
    closing_auction_s: int | None = None


@dataclass(frozen=True, slots=True)
class Funds:
    who: str
    amount: int


# What is done.


@dataclass(frozen=True, slots=True)
class Order:
    """One at any price has the time in force of market orders.

    ``good_for``: how long a good_til_date order is good. ``version``: that of the market which was seen.

    ``name``: how later lines call it.
    """

    who: str
    side: Side
    quantity: int
    price: int
    contract: str = ""
    time_in_force: TimeInForce = TimeInForce.GOOD_TIL_CANCELLED
    post_only: bool = False
    self_trade: SelfTrade = SelfTrade.CANCEL_TAKER
    good_for: int = 0
    version: int = 0
    name: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """A member asks what would come of an order; nothing does."""

    order: Order


@dataclass(frozen=True, slots=True)
class Challenge:
    """An order that is offered to one member, or (nobody named) to anyone, for so long."""

    order: Order
    opponent: str
    open_for: int


@dataclass(frozen=True, slots=True)
class Answer:
    """A member accepts a challenge, or declines it."""

    who: str
    name: str
    accepts: bool


@dataclass(frozen=True, slots=True)
class Called:
    """An order by the name that it was given."""

    name: str


@dataclass(frozen=True, slots=True)
class Resting:
    """The one order that a member has at a price."""

    side: Side
    price: int
    contract: str = ""


Which = Called | Resting


@dataclass(frozen=True, slots=True)
class Cancel:
    who: str
    order: Which


@dataclass(frozen=True, slots=True)
class CancelAll:
    who: str


@dataclass(frozen=True, slots=True)
class Amend:
    """The new total, what has traded included; no price: the one it has."""

    who: str
    order: Which
    quantity: int
    price: int | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """Staff asks for a state of the market."""

    state: MarketState


@dataclass(frozen=True, slots=True)
class InPlay:
    """Staff says that what the market is about has begun."""


@dataclass(frozen=True, slots=True)
class Switch:
    """Staff moves the kill switch."""

    halted: bool
    cancel_orders: bool = False


@dataclass(frozen=True, slots=True)
class Void:
    """Staff takes a contract out of the market."""

    contract: str


@dataclass(frozen=True, slots=True)
class Settle:
    """A verdict; ``sharing`` is a dead heat for the places left; ``corrects``: there was one before."""

    winners: tuple[str, ...]
    sharing: tuple[str, ...] = ()
    void: bool = False
    corrects: bool = False


@dataclass(frozen=True, slots=True)
class MoveMoney:
    """Staff pays in, or (below zero) out."""

    who: str
    amount: int


@dataclass(frozen=True, slots=True)
class Wait:
    time: int


# What must be seen.

Measure = Literal["balance", "exposure", "available"]


@dataclass(frozen=True, slots=True)
class Row:
    """One price of a drawn book: who has how much there, first in line first."""

    bids: tuple[tuple[str, int], ...]
    price: int
    offers: tuple[tuple[str, int], ...]


ANY_BID, ANY_OFFER = 10_000, 0
"""Where orders at any price stand in a drawn auction: before all others of their side."""


@dataclass(frozen=True, slots=True)
class Book:
    """A drawn book, the highest price first. Drawn before anything is done, it is what there is at first.

    ``collects``: it is what an auction has collected, in which prices may cross.
    """

    contract: str
    rows: tuple[Row, ...]
    collects: bool = False


@dataclass(frozen=True, slots=True)
class AuctionIs:
    """At which price how much would trade now, and how much more is bid there than offered; 0: nothing."""

    contract: str
    quantity: int = 0
    price: int = 0
    imbalance: int = 0


@dataclass(frozen=True, slots=True)
class MoneyIs:
    who: str
    amounts: tuple[tuple[Measure, int], ...]


@dataclass(frozen=True, slots=True)
class HoldingIs:
    """What a member holds of a contract; below zero for who has sold more than bought."""

    who: str
    quantity: int
    contract: str


@dataclass(frozen=True, slots=True)
class OrderIs:
    name: str
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class MarketIs:
    state: str


@dataclass(frozen=True, slots=True)
class VersionIs:
    """The version of the market, which an order may name."""

    version: int


@dataclass(frozen=True, slots=True)
class CommissionIs:
    """What the exchange has kept so far."""

    amount: int


Given = Market | Funds
StaffAction = Move | InPlay | Switch | Void | Settle | MoveMoney
Action = Order | Preview | Challenge | Answer | Cancel | CancelAll | Amend | StaffAction | Wait
Check = Book | AuctionIs | MoneyIs | HoldingIs | OrderIs | MarketIs | VersionIs | CommissionIs
Step = Given | Action | Check


@dataclass(frozen=True, slots=True)
class Outcome:
    """What must come of an action. ``state`` "": not said; None: not said either, of what has no default."""

    state: str = ""
    reason: str = ""
    trades: tuple[tuple[int, int], ...] = ()
    rests: int | None = None
    cancels: int | None = None
    exposure: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A step with the line of the page where it stands, and what must come of it, if that is said."""

    number: int
    step: Step
    outcome: Outcome | None = None
