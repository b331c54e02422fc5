"""Owns the messages of amendments: an order that rests is reduced in its place, or replaced.

Never decides anything.
Called by the account machine, the post, the market machine and every follower of the log.

``quantity`` of an amendment is always the order's new total, what was executed of it included.
"""

from actors.machines.messages.base import Identity, Message, Price, Quantity
from actors.machines.messages.parts import PLAIN, Conditions
from actors.machines.messages.words import Reason, TimeInForce


class AmendOrder(Message):
    """Less of it at the same price keeps its place; anything else takes a new one. No price: as it is."""

    order_id: Identity
    quantity: Quantity
    price: Price | None = None


class SubmitAmendment(Message):
    """From an account stream to a market: an amendment, funds reserved for the worse of old and new.

    ``quantity_before`` is the total so far: the market knows by it how much of the order was executed.
    """

    market_id: Identity
    order_id: Identity
    account_id: Identity
    price: Price
    quantity: Quantity
    quantity_before: Quantity
    time_in_force: TimeInForce
    conditions: Conditions = PLAIN


class AmendmentRefused(Message):
    """The market's word: the order, if there still is one, stays as it was."""

    market_id: Identity
    order_id: Identity
    account_id: Identity
    reason: Reason


# Account streams.


class AmendRequested(Message):
    """An amendment is on its way to the market; until its word the worse of old and new is reserved.

    ``price`` and ``quantity`` are the new ones, ``quantity_before`` is the total so far. ``exposure`` is the
    account's after the event, ``market_exposure`` its part in this market.
    """

    account_id: Identity
    order_id: Identity
    market_id: Identity
    request_id: Identity
    item: int
    price: Price
    quantity: Quantity
    quantity_before: Quantity
    time_in_force: TimeInForce
    conditions: Conditions
    exposure: int
    market_exposure: int


class AmendRefused(Message):
    """The market did not amend the order: what was reserved for it is free again."""

    account_id: Identity
    order_id: Identity
    market_id: Identity
    reason: Reason
    exposure: int
    market_exposure: int
