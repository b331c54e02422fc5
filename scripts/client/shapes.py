"""Owns what the exchange answers as typed values: the fields that a trading program looks at.

Never all of an answer: what isn't named here is left out, so that new fields do no harm.
Called by operations.py; used by whoever reads what an operation gives.

Prices are ticks of 1/10000 of probability, quantities 1/10000 of a currency unit of payout; money is decimal.
"""

import datetime as dt
from decimal import Decimal
from typing import Final, Literal

import msgspec

Side = Literal["buy", "sell"]
OrderType = Literal[
    "good_til_cancelled",
    "immediate_or_cancel",
    "fill_or_kill",
    "good_til_halted",
    "good_til_date",
    "keep_in_play",
    "market",
]
SelfTrade = Literal["cancel_taker", "cancel_maker"]
MarketState = Literal["draft", "auction", "open", "halted", "closed", "settled", "voided"]
OrderState = Literal["pending", "created", "partial", "filled", "cancelled", "rejected", "voided", "settled"]
"""What one may ask for, so that a misspelt word is found by a type checker; answers may have newer ones."""
LIVE_STATES: Final[tuple[OrderState, ...]] = ("pending", "created", "partial")


class Session(msgspec.Struct, frozen=True):
    token: str
    expires: dt.datetime
    account_id: str


class Account(msgspec.Struct, frozen=True):
    account_id: str
    username: str
    balance: Decimal
    available_balance: Decimal
    exposure: Decimal


class LadderStep(msgspec.Struct, frozen=True, rename={"first": "from", "last": "to"}):
    """Prices from ``first`` to ``last``, in whole steps."""

    first: int
    last: int
    step: int


class Market(msgspec.Struct, frozen=True):
    """``price_ladder``: the prices that are possible, from the lowest to the highest.

    ``version`` rises whenever the market changes; an order may say which one it is meant for.
    """

    id: str
    event_id: str
    name: str
    state: str
    price_ladder: tuple[LadderStep, ...]
    version: int = 1

    def possible(self, price: int) -> int:
        """The highest possible price up to this one; the lowest of all for what is below it."""
        below = [rungs for rungs in self.price_ladder if rungs.first <= price]
        if not below:
            return self.price_ladder[0].first
        rungs = below[-1]
        return min(price, rungs.last) - (min(price, rungs.last) - rungs.first) % rungs.step


class Contract(msgspec.Struct, frozen=True):
    """One of a market's outcomes."""

    id: str
    market_id: str
    name: str


class Level(msgspec.Struct, frozen=True):
    price: int
    quantity: int


class Quotes(msgspec.Struct, frozen=True):
    """Both sides of a contract's book, best price first."""

    bids: tuple[Level, ...] = ()
    offers: tuple[Level, ...] = ()


class LastPrice(msgspec.Struct, frozen=True):
    contract_id: str
    last_executed_price: int | None


class OrderExecution(msgspec.Struct, frozen=True):
    execution_id: str
    price: int
    quantity: int


class Order(msgspec.Struct, frozen=True):
    """One's own order. ``quantity`` is all of it, ``available_quantity`` is what rests.

    ``executions`` are those that a command was answered with; lists have none. ``price`` is None where an
    order takes any. ``status`` is that of an item of a batch; 202: its market has not answered yet.
    """

    order_id: str
    state: str
    market_id: str
    contract_id: str
    side: Side
    price: int | None
    quantity: int
    total_executed_quantity: int
    available_quantity: int
    created_datetime: dt.datetime
    reference_id: str | None = None
    cancel_reason: str | None = None
    executions: tuple[OrderExecution, ...] = ()
    status: int = 200

    @property
    def is_live(self) -> bool:
        return self.state in LIVE_STATES


class Execution(msgspec.Struct, frozen=True):
    """A trade as one side of it sees it."""

    execution_id: str
    order_id: str
    role: str
    market_id: str
    contract_id: str
    side: Side
    price: int
    quantity: int
    created_datetime: dt.datetime


class Position(msgspec.Struct, frozen=True):
    """What one holds of a contract; below zero for what was sold."""

    market_id: str
    contract_id: str
    quantity: int


class Refusal(msgspec.Struct, frozen=True):
    """Why an item of a batch was refused."""

    status: int
    error_type: str
    detail: str


class Preview(msgspec.Struct, frozen=True):
    """What would become of an order now; after ``delay_ms`` much may have changed."""

    state: str
    total_executed_quantity: int
    available_quantity: int
    exposure_before: Decimal
    exposure: Decimal
    available_balance: Decimal
    delay_ms: int
    cancel_reason: str | None = None


class NewOrder(msgspec.Struct, frozen=True, omit_defaults=True):
    """An order to be placed; ``good_til`` for the type good_til_date, no ``price`` for the type market."""

    market_id: str
    contract_id: str
    side: Side
    price: int | None
    quantity: int
    type: OrderType = "good_til_cancelled"
    reference_id: str | None = None
    post_only: bool = False
    self_trade: SelfTrade = "cancel_taker"
    good_til: dt.datetime | None = None
    market_version: int | None = None


class Amend(msgspec.Struct, frozen=True, omit_defaults=True):
    """The order of this id is to have this total quantity, what was executed included, and this price."""

    amend: str
    quantity: int
    price: int | None = None


class Cancel(msgspec.Struct, frozen=True):
    """The order of this id is to be cancelled."""

    cancel: str


class CancelReference(msgspec.Struct, frozen=True):
    """The newest live order of this reference is to be cancelled."""

    cancel_reference_id: str


Instruction = NewOrder | Amend | Cancel | CancelReference
