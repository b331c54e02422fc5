"""Owns what may be asked of orders: to place, amend or cancel one, alone or in a batch, and how it is read.

Never asks the actors; a field that isn't right is named, in an item of a batch without spoiling the others.
Called by the resources of orders and of challenges.
"""

from typing import Annotated, Final

import msgspec

from actors.machines import limits
from actors.machines.messages.amendments import AmendOrder
from actors.machines.messages.commands import CancelOrder, CancelReference, OrderCommand, PlaceOrder
from actors.machines.messages.parts import Conditions
from actors.machines.messages.words import NEVER_RESTING, Reason, SelfTrade, Side, TimeInForce
from couch_views.formats import format_time
from resources.pages.formats import PAYOUT, PERCENT
from resources.refusals import KINDS
from resources.texts import Reference
from resources.times import Moment, microseconds
from resources.toolkit.fields import WHOLE, Shape, check
from resources.toolkit.identities import GivenIdentity
from resources.toolkit.problems import ProblemError, invalid
from resources.toolkit.units import on_forms, write_unit

PLACING: Final = (
    Reason.ACCOUNT_SUSPENDED,
    Reason.MARKET_NOT_OPEN,
    Reason.NOT_IN_AUCTION,
    Reason.MARKET_CHANGED,
    Reason.CROSSED_SELF,
    Reason.POST_ONLY_WOULD_TRADE,
    Reason.EXPIRED,
    Reason.INVALID_EXPIRY,
    Reason.TRADING_SUSPENDED,
    Reason.KEY_REUSED,
    Reason.LIMIT_EXCEEDED,
    Reason.INSUFFICIENT_FUNDS,
    Reason.MARKET_NOT_FOUND,
    Reason.CONTRACT_NOT_FOUND,
    Reason.INVALID_PRICE,
    Reason.INVALID_QUANTITY,
)
KINDS_OF_TERMS: Final = {"price": KINDS[Reason.INVALID_PRICE], "quantity": KINDS[Reason.INVALID_QUANTITY]}
AMENDING: Final = (
    Reason.NOT_ALLOWED,
    Reason.NOT_LIVE,
    Reason.TOO_LATE,
    Reason.AMENDMENT_PENDING,
    Reason.POST_ONLY_WOULD_TRADE,
    Reason.MARKET_NOT_OPEN,
    Reason.MARKET_SETTLED,
    Reason.TRADING_SUSPENDED,
    Reason.LIMIT_EXCEEDED,
    Reason.INSUFFICIENT_FUNDS,
    Reason.INVALID_PRICE,
    Reason.INVALID_QUANTITY,
)
GivenPrice = Annotated[
    int,
    msgspec.Meta(
        ge=limits.PRICE_MIN,
        le=limits.PRICE_MAX,
        description="In ticks, a hundred to the percent: 3900 is 39 %.",
        extra_json_schema=on_forms(PERCENT, "Price in percent", "How likely it is: from 0.01 to 99.99."),
    ),
]


GivenQuantity = Annotated[
    int,
    msgspec.Meta(
        ge=limits.QUANTITY_MIN,
        le=limits.QUANTITY_MAX,
        description="In 1/10000 of what is paid out: 100000 pays 10.00 if the contract wins. "
        "Bought at 39 % that costs 3.90, sold it risks 6.10.",
        extra_json_schema=on_forms(
            PAYOUT,
            "Quantity",
            "What is paid out if the contract wins. 10.00 bought at 39 % cost 3.90, sold they risk 6.10.",
        ),
    ),
]


class OrderTerms(Shape):
    """What is to be traded."""

    market_id: GivenIdentity
    contract_id: GivenIdentity
    side: Side
    price: GivenPrice
    quantity: GivenQuantity


class OrderAsked(Shape, kw_only=True):
    """A new order. A ``reference_id`` that is an integer is taken as its digits."""

    market_id: GivenIdentity
    contract_id: GivenIdentity
    side: Side
    price: GivenPrice | msgspec.UnsetType = msgspec.UNSET
    quantity: GivenQuantity
    type: Annotated[
        TimeInForce,
        msgspec.Meta(description="A market order is for auctions only, and has no price; others need one."),
    ] = TimeInForce.GOOD_TIL_CANCELLED
    reference_id: Annotated[
        Reference | int | None, msgspec.Meta(description="Your own name for it, if it is to have one.")
    ] = None
    post_only: Annotated[
        bool, msgspec.Meta(description="Only rest: it is rejected if it would trade at once.")
    ] = False
    self_trade: Annotated[
        SelfTrade,
        msgspec.Meta(description="What is cancelled where it would trade with an order of your own."),
    ] = SelfTrade.CANCEL_TAKER
    good_til: Annotated[
        Moment | None, msgspec.Meta(description="When it ends: for the type good_til_date, and no other.")
    ] = None
    market_version: (
        Annotated[
            int,
            msgspec.Meta(
                ge=1, description="The market's version that it is meant for: it is rejected in any other."
            ),
        ]
        | None
    ) = None


class AmendAsked(Shape):
    """What an order is to become. Less of it at the same price keeps its place in the book.

    Any other price, or more of it, and it leaves its place and arrives anew, at once and under its own id.
    """

    quantity: Annotated[
        int,
        msgspec.Meta(
            ge=limits.QUANTITY_MIN,
            le=limits.QUANTITY_MAX,
            description="The new total, in 1/10000 of what is paid out, what was executed included: with no "
            "more than that, nothing of the order stays open.",
            extra_json_schema=on_forms(PAYOUT, "Quantity", "All of it, what was executed included."),
        ),
    ]
    price: GivenPrice | None = None


class AmendItemAsked(AmendAsked, kw_only=True):
    """The same of one order among the items of a batch."""

    amend: GivenIdentity


class CancelAsked(Shape):
    cancel: GivenIdentity


class CancelReferenceAsked(Shape):
    cancel_reference_id: Reference | int


Batch = Annotated[
    list[OrderAsked | AmendItemAsked | CancelAsked | CancelReferenceAsked],
    msgspec.Meta(min_length=1, max_length=limits.BATCH_OPERATIONS_MAX),
]


Asked = PlaceOrder | list[OrderCommand | ProblemError]
"""One order; or a batch, where an item that isn't valid is told so and doesn't spoil the others."""


def parse_asked(value: object) -> Asked:
    if not isinstance(value, list):
        return parse_order(value)
    if not 1 <= len(value) <= limits.BATCH_OPERATIONS_MAX:
        raise invalid(WHOLE, f"a batch has 1 to {limits.BATCH_OPERATIONS_MAX} items")
    return [_parse_item(item) for item in value]


def parse_order(value: object) -> PlaceOrder:
    asked = check(value, OrderAsked, kinds=KINDS_OF_TERMS)
    if asked.post_only and asked.type in NEVER_RESTING:
        raise invalid("post_only", f"an order that never rests ({asked.type}) can't be post-only")
    return PlaceOrder(
        int(asked.market_id),
        int(asked.contract_id),
        asked.side,
        _price(asked),
        asked.quantity,
        asked.type,
        None if asked.reference_id is None else str(asked.reference_id),
        Conditions(asked.post_only, asked.self_trade, _good_til(asked), asked.market_version or 0),
    )


def as_fields(order: PlaceOrder) -> dict[str, str]:
    """The order as a form says it, in units of people: sent again, it asks for exactly the same."""
    conditions = order.conditions
    return {
        "market_id": str(order.market_id),
        "contract_id": str(order.contract_id),
        "side": order.side.value,
        "price": "" if order.time_in_force is TimeInForce.MARKET else write_unit(order.price, PERCENT),
        "quantity": write_unit(order.quantity, PAYOUT),
        "type": order.time_in_force.value,
        "reference_id": order.reference_id or "",
        "post_only": "true" if conditions.post_only else "",
        "self_trade": conditions.self_trade.value,
        "good_til": format_time(conditions.good_til) if conditions.good_til else "",
        "market_version": str(conditions.market_version or ""),
    }


def _price(asked: OrderAsked) -> int:
    """Its limit; a market order's is set by its market's ladder, whatever is said here."""
    if asked.type is TimeInForce.MARKET:
        if asked.price is not msgspec.UNSET:
            raise invalid("price", "a market order has none", KINDS[Reason.INVALID_PRICE])
        return limits.PRICE_MIN
    if asked.price is msgspec.UNSET:
        raise invalid("price", "is missing", KINDS[Reason.INVALID_PRICE])
    return asked.price


def _good_til(asked: OrderAsked) -> int:
    """Until when it is good; 0 where its type says that otherwise."""
    timed = asked.type is TimeInForce.GOOD_TIL_DATE
    if asked.good_til is None:
        if timed:
            raise invalid("good_til", f"the type {asked.type} needs it")
        return 0
    if not timed:
        raise invalid("good_til", f"it goes with the type {TimeInForce.GOOD_TIL_DATE} only")
    return microseconds("good_til", asked.good_til)


def _parse_item(value: object) -> OrderCommand | ProblemError:
    try:
        if isinstance(value, dict) and "amend" in value:
            amended = check(value, AmendItemAsked, kinds=KINDS_OF_TERMS)
            return AmendOrder(int(amended.amend), amended.quantity, amended.price)
        if isinstance(value, dict) and "cancel" in value:
            return CancelOrder(int(check(value, CancelAsked).cancel))
        if isinstance(value, dict) and "cancel_reference_id" in value:
            return CancelReference(str(check(value, CancelReferenceAsked).cancel_reference_id))
        return parse_order(value)
    except ProblemError as problem:
        return problem
