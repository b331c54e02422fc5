"""Owns the answers about a member's own orders, executions and positions.

Never shows one member another's.
Called by the declarations of resources.
"""

from typing import Annotated, Literal, NotRequired, TypedDict

from msgspec import Meta, Raw

from actors.machines.messages.words import OrderState, Reason, SelfTrade, Side, TimeInForce
from resources.answers.general import Pagination
from resources.answers.values import AveragePrice, Id, Money, Price, Quantity, Time, any_of

Limit = Annotated[
    Price | None, Meta(description="Null of a market order: it takes any, and has the worst one reserved.")
]
"""The price that an order names."""


class _Order(TypedDict):
    state: OrderState
    market_id: Id
    contract_id: Id
    side: Side
    type: TimeInForce
    price: Limit
    quantity: Annotated[Quantity, Meta(description="All of the order, what was executed included.")]
    total_executed_quantity: Quantity
    average_price: AveragePrice | None
    available_quantity: Annotated[Quantity, Meta(description="What rests in the book.")]
    reference_id: Annotated[
        str | None, Meta(description="The member's own name for the order; need not be unique.")
    ]
    post_only: Annotated[bool, Meta(description="It may rest, but never take.")]
    self_trade: Annotated[
        SelfTrade,
        Meta(description="What is cancelled where it would trade with an order of the same member."),
    ]
    good_til: Annotated[
        Time | None, Meta(description="When it ends; of a ``good_til_date`` order, null for all others.")
    ]
    challenge_id: Annotated[
        Id | None, Meta(description="The challenge that it trades by; null for an order of the book.")
    ]
    created_datetime: Time


class Order(_Order):
    """An order as lists show it."""

    id: Id
    cancel_reason: Reason | None
    last_modified_datetime: Time


class OrderShown(TypedDict):
    order: Order


class Orders(TypedDict):
    """A page of one's own orders."""

    orders: list[Order]
    pagination: Pagination


class OrderExecution(TypedDict):
    """A part of an order that was executed."""

    execution_id: Id
    price: Price
    quantity: Quantity


class OrderAnswer(_Order):
    """What a command on an order came to, and the account's money after it."""

    order_id: Id
    executions: list[OrderExecution]
    balance: Money
    available_balance: Money
    exposure: Money
    cancel_reason: NotRequired[Reason]


class PreviewedExecution(TypedDict):
    """What an order would trade at a price."""

    price: Price
    quantity: Quantity


class OrderPreviewed(TypedDict):
    """What would become of an order now, and what its account would be after it. Nothing has happened."""

    state: Annotated[OrderState, Meta(description="The one that the order would come to.")]
    market_id: Id
    contract_id: Id
    side: Side
    type: TimeInForce
    price: Limit
    quantity: Quantity
    executions: list[PreviewedExecution]
    total_executed_quantity: Quantity
    average_price: AveragePrice | None
    available_quantity: Annotated[Quantity, Meta(description="What would rest in the book.")]
    cancelled_order_ids: Annotated[
        list[Id], Meta(description="Orders of one's own that it would meet, and that would be cancelled.")
    ]
    cancel_reason: NotRequired[Reason]
    delay_ms: Annotated[
        int, Meta(description="How long it would wait first, in a market in play: much may change by then.")
    ]
    collected: Annotated[
        bool, Meta(description="An auction would collect it: it trades when that ends, if at all.")
    ]
    balance: Money
    available_balance: Money
    exposure_before: Money
    exposure: Money
    market_exposure_before: Money
    market_exposure: Money
    profit_if_right: Annotated[
        Money,
        Meta(
            description="What it makes if a contract that it buys wins, or one that it sells doesn't: what "
            "would trade at those prices, what would rest at its own. Before commission."
        ),
    ]
    commission_if_right: Annotated[Money, Meta(description="On that profit alone.")]


class BatchedOrder(OrderAnswer):
    """What one item of a batch came to."""

    status: Annotated[
        Literal[200, 202], Meta(description="202: accepted, and its market has not answered yet.")
    ]


class BatchAnswer(TypedDict):
    """What the items of a batch came to, in their order."""

    results: list[Annotated[Raw, any_of("BatchedOrder", "Problem")]]


class Cancelled(TypedDict):
    """The ids of the orders that were cancelled."""

    cancelled: list[Id]


class Fill(TypedDict):
    """An execution as one side of it sees it."""

    execution_id: Id
    order_id: Id
    reference_id: str | None
    role: Annotated[
        Literal["maker", "taker"], Meta(description="Whose order rested; whose order arrived and traded.")
    ]
    market_id: Id
    contract_id: Id
    side: Side
    price: Price
    quantity: Quantity
    created_datetime: Time


class Fills(TypedDict):
    """A page of one's own executions."""

    executions: list[Fill]
    pagination: Pagination


class ProfitOrLoss(TypedDict):
    """What a position comes to if the contract wins, and if it loses; before commission."""

    winner: Money
    loser: Money


class Position(TypedDict):
    """What a member holds of a contract."""

    market_id: Id
    contract_id: Id
    quantity: Annotated[int, Meta(description="Below zero for what was sold.")]
    average_price: AveragePrice | None
    profit_or_loss: ProfitOrLoss
    realised_profit: Annotated[
        Money, Meta(description="On as much as was both bought and sold, each at its average price.")
    ]
    open_value: Annotated[Money, Meta(description="What the open quantity brought in, or (below zero) cost.")]
    contract_voided: Annotated[
        bool, Meta(description="The contract was taken out of the market: it counts for nothing.")
    ]
    market_exposure: Money
    market_settled: bool
    market_result: Annotated[
        Money | None, Meta(description="What the market came to, before commission; once it is settled.")
    ]
    market_commission: Money | None


class OutcomeResult(TypedDict):
    """What a market comes to if a contract wins, before commission."""

    contract_id: Annotated[Id | None, Meta(description="Null: the only contract of the market doesn't win.")]
    lowest: Annotated[
        Money, Meta(description="With the worst of those that may win beside it, where several win.")
    ]
    highest: Annotated[Money, Meta(description="With the best of those that may win beside it.")]
    commission: Annotated[Money, Meta(description="On the highest.")]


class MarketPosition(TypedDict):
    """What a member holds in a market, under each outcome."""

    market_id: Id
    exposure: Money
    realised_profit: Money
    outcomes: Annotated[list[OutcomeResult], Meta(description="None once the market is settled.")]
    commission_reserve: Annotated[
        Money, Meta(description="The commission that the best outcome would cost; nothing is held for it.")
    ]
    settled: bool
    result: Annotated[Money | None, Meta(description="Before commission; once it is settled.")]
    commission: Money | None


class Positions(TypedDict):
    """A page of what one holds, newest market first: by contract, and each market as a whole."""

    positions: list[Position]
    markets: list[MarketPosition]
    pagination: Pagination
