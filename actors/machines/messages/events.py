"""Owns what has happened: the events of account streams, of market streams and of social streams.

Never changed once written: a field is only ever added at the end, with a default.
Called by the machines (which decide and evolve them) and by every follower of the log.
"""

from actors.machines.messages.amendments import AmendRefused, AmendRequested
from actors.machines.messages.answers import Result
from actors.machines.messages.auctions import AuctionEvent
from actors.machines.messages.base import Amount, Count, Identity, Message, Price, Quantity, Time, Username
from actors.machines.messages.book_events import (
    AmendDelayed,
    AmendMissed,
    CancelMissed,
    OrderCancelled,
    OrderDelayed,
    OrderMatched,
    OrderReduced,
    OrderRejected,
    OrderReplaced,
)
from actors.machines.messages.challenges import ChallengeEvent, Offer
from actors.machines.messages.commands import InstructedCommand
from actors.machines.messages.credential_events import (
    ApiKeyCreated,
    ApiKeyRevoked,
    PasswordChanged,
    RolesChanged,
    SessionsEnded,
)
from actors.machines.messages.parts import (
    PLAIN,
    Amended,
    Conditions,
    EventDetails,
    Fill,
    MarketDetails,
    Terms,
    Verdict,
)
from actors.machines.messages.social import SocialEvent
from actors.machines.messages.social_commands import SocialCommandSent
from actors.machines.messages.voiding import ContractVoidNoted, StakesReturned, VoidingEvent
from actors.machines.messages.words import (
    EventState,
    ExchangeState,
    MarketState,
    OrderState,
    Reason,
    Role,
    Side,
    TimeInForce,
)

# Account streams: members and their requests.


class MemberRegistered(Message):
    account_id: Identity
    username: Username
    password_hash: str
    display_name: str
    role: Role
    key: str
    time: Time


class ProfileChanged(Message):
    account_id: Identity
    username: Username
    display_name: str
    bio: str


class RequestOpened(Message):
    """A request was taken up: its key is known from here on. ``api_key_id``: 0 for a session."""

    account_id: Identity
    request_id: Identity
    scope: str
    key: str
    key_kept: bool
    fingerprint: str
    items: int
    time: Time
    api_key_id: Count = 0


class ItemAnswered(Message):
    """One command of a request has its result (those of orders follow from the order's own events).

    ``asked_time``: when the request was opened, of another stream's word on a command of the staff.
    """

    account_id: Identity
    request_id: Identity
    item: int
    result: Result
    asked_time: Time = 0


class InstructionSent(Message):
    """A command went to the stream that decides it. ``time`` is 0 in records older than the field."""

    account_id: Identity
    request_id: Identity
    item: int
    destination: str
    command: InstructedCommand
    time: Time = 0


# Account streams: orders. ``exposure`` is the account's after the event, ``market_exposure`` its part
# in this market.


class OrderPlaced(Message):
    """Accepted: funds reserved, on its way to the market.

    An order of a challenge trades beside the book; the challenger's (with ``offer``) has its id.
    """

    account_id: Identity
    order_id: Identity
    request_id: Identity
    item: int
    market_id: Identity
    contract_id: Identity
    side: Side
    price: Price
    quantity: Quantity
    time_in_force: TimeInForce
    reference_id: str | None
    time: Time
    exposure: int
    market_exposure: int
    challenge_id: Count = 0
    offer: Offer | None = None
    conditions: Conditions = PLAIN


class CancelRequested(Message):
    account_id: Identity
    order_id: Identity
    market_id: Identity
    request_id: Identity
    item: int
    reason: Reason


class CancelAllRequested(Message):
    """A cancel-all with this many orders to cancel; each has a ``CancelRequested`` of its own."""

    account_id: Identity
    request_id: Identity
    item: int
    orders: Count


class OrderUpdated(Message):
    """The market's word on an order, applied. ``taker``: the fills came on the order's arrival."""

    account_id: Identity
    order_id: Identity
    market_id: Identity
    contract_id: Identity
    side: Side
    fills: tuple[Fill, ...]
    left: Count
    state: OrderState
    reason: Reason | None
    taker: bool
    time: Time
    exposure: int
    market_exposure: int
    amended: Amended | None = None
    """What the order is from here on, where this is the word on an amendment of it."""


class CancelRefused(Message):
    """A cancel came too late: the market had nothing left of the order."""

    account_id: Identity
    order_id: Identity


# Account streams: money. ``balance`` is the account's after the event.


class MoneyDeposited(Message):
    account_id: Identity
    amount: Amount
    balance: int


class MoneyWithdrawn(Message):
    account_id: Identity
    amount: Amount
    balance: int


class PositionSettled(Message):
    """A verdict applied to one member's position.

    ``gross`` and ``commission`` are what moves now (for a correction: the difference to what moved
    before); ``result`` and ``commission_total`` are what this version of the verdict amounts to.
    ``order_ids`` are the filled orders that are now settled (or voided). ``market_exposure`` is what
    orders that the market hasn't answered yet still hold.
    """

    account_id: Identity
    market_id: Identity
    version: Identity
    void: bool
    gross: int
    commission: int
    result: int
    commission_total: int
    balance: int
    exposure: int
    order_ids: tuple[int, ...]
    market_exposure: int = 0


class MoneyMoveSent(Message):
    """Staff's deposit or withdrawal went to the account's own stream. ``time`` as for instructions."""

    account_id: Identity
    request_id: Identity
    item: int
    destination: str
    username: str
    amount: Amount
    withdrawal: bool
    reason: str = ""
    time: Time = 0


class MoneyMoveAnswered(Message):
    """What became of another stream's ``MoveMoney``, to be posted back."""

    destination: str
    account_id: Identity
    request_id: Identity
    item: int
    result: Result


# Account streams: what they know of markets.


class MarketNoted(Message):
    market_id: Identity


class TermsNoted(Message):
    terms: Terms


class VerdictNoted(Message):
    """All accounts of this stream are settled by this verdict; ``clearing`` is what is left over."""

    market_id: Identity
    verdict: Verdict
    clearing: int


# Market streams: the catalogue (markets-0).


class EventCreated(Message):
    event: EventDetails
    account_id: Identity
    request_id: Identity
    item: int
    time: Time


class EventChanged(Message):
    event: EventDetails
    state: EventState


class MarketRegistered(Message):
    """Ids are given; the market's own stream is told to establish it."""

    market: MarketDetails
    account_id: Identity
    request_id: Identity
    item: int


class MarketStateNoted(Message):
    market_id: Identity
    event_id: Identity
    state: MarketState


class InstructionAnswered(Message):
    """What became of a staff command, to be posted back."""

    account_id: Identity
    request_id: Identity
    item: int
    result: Result


# The kill switch: moved in markets-0, which tells every stream. ``account_id`` is who moved it; 0, with
# request and item, where the exchange itself did.


class ExchangeHalted(Message):
    version: Identity
    cancel_orders: bool
    reason: str
    account_id: Count
    request_id: Count
    item: int
    time: Time


class ExchangeOpened(Message):
    version: Identity
    reason: str
    account_id: Count
    request_id: Count
    item: int
    time: Time


class SwitchAcknowledged(Message):
    """A stream has done all that this version of the switch asks of it."""

    stream: str
    version: Identity


class ExchangeStateNoted(Message):
    """Any stream: how the switch stands, from here on. ``time`` is that of its move."""

    version: Count
    state: ExchangeState
    cancel_orders: bool
    reason: str
    time: Time


class OrdersSwept(Message):
    """A market stream cancelled resting orders, each with its own event; ``done``: none are left."""

    version: Identity
    done: bool


# Market streams: the life of a market.


class MarketCreated(Message):
    market: MarketDetails
    account_id: Identity
    request_id: Identity
    item: int
    time: Time


class MarketOpening(Message):
    """The terms are frozen and on their way to every account stream."""

    market_id: Identity
    account_id: Identity
    request_id: Identity
    item: int


class TermsAcknowledged(Message):
    market_id: Identity
    stream: str


class MarketOpened(Message):
    market_id: Identity


class MarketHalted(Message):
    """``by_switch``: by the kill switch, which will open it again."""

    market_id: Identity
    reason: str = ""
    by_switch: bool = False


class MarketTurnedInPlay(Message):
    """What the market is about has begun; orders that aren't kept in play are cancelled before this one."""

    market_id: Identity


class MarketClosed(Message):
    """Nothing trades any more; resting orders are cancelled, each with its own event before this one."""

    market_id: Identity


class MarketSettled(Message):
    market_id: Identity
    verdict: Verdict
    reason: str
    account_id: Identity
    request_id: Identity
    item: int


class VerdictAcknowledged(Message):
    market_id: Identity
    stream: str
    version: Identity
    clearing: int


class SettlementCompleted(Message):
    """Every account stream has applied this version of the verdict."""

    market_id: Identity
    version: Identity


AccountEvent = (
    MemberRegistered
    | ProfileChanged
    | SessionsEnded
    | PasswordChanged
    | ApiKeyCreated
    | ApiKeyRevoked
    | RolesChanged
    | RequestOpened
    | ItemAnswered
    | InstructionSent
    | InstructionAnswered
    | OrderPlaced
    | CancelRequested
    | CancelAllRequested
    | OrderUpdated
    | CancelRefused
    | AmendRequested
    | AmendRefused
    | MoneyDeposited
    | MoneyWithdrawn
    | PositionSettled
    | SocialCommandSent
    | MoneyMoveSent
    | MoneyMoveAnswered
    | MarketNoted
    | TermsNoted
    | VerdictNoted
    | StakesReturned
    | ContractVoidNoted
    | ExchangeStateNoted
)
MarketEvent = (
    EventCreated
    | EventChanged
    | MarketRegistered
    | MarketStateNoted
    | InstructionAnswered
    | MarketCreated
    | MarketOpening
    | TermsAcknowledged
    | MarketOpened
    | MarketHalted
    | MarketTurnedInPlay
    | MarketClosed
    | MarketSettled
    | VerdictAcknowledged
    | SettlementCompleted
    | OrderMatched
    | OrderDelayed
    | OrderRejected
    | OrderCancelled
    | CancelMissed
    | OrderReduced
    | OrderReplaced
    | AmendMissed
    | AmendDelayed
    | ExchangeHalted
    | ExchangeOpened
    | SwitchAcknowledged
    | ExchangeStateNoted
    | OrdersSwept
    | AuctionEvent
    | ChallengeEvent
    | VoidingEvent
)
SocialStreamEvent = SocialEvent | InstructionAnswered
Event = AccountEvent | MarketEvent | SocialStreamEvent
