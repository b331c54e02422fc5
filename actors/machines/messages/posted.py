"""Owns what streams say to each other through the numbered post.

Never lost, never doubled, in order per pair of streams: the post's promise, not this module's.
Called by the account and market machines and by the turn.
"""

from actors.machines.messages.amendments import AmendmentRefused, SubmitAmendment
from actors.machines.messages.answers import Result
from actors.machines.messages.base import Amount, Identity, Message, Price, Quantity, Time
from actors.machines.messages.challenges import SubmitAcceptance, SubmitOffer
from actors.machines.messages.commands import InstructedCommand
from actors.machines.messages.parts import PLAIN, Amended, Conditions, Fill, MarketDetails, Terms, Verdict
from actors.machines.messages.social import SocialPosted
from actors.machines.messages.social_commands import SocialCommand
from actors.machines.messages.voiding import ContractVoidApplied, ContractVoidReached
from actors.machines.messages.words import ExchangeState, MarketState, Reason, Side, TimeInForce

# From an account stream to a market stream.


class SubmitOrder(Message):
    """An accepted order, funds reserved, to be matched."""

    market_id: Identity
    contract_id: Identity
    order_id: Identity
    account_id: Identity
    side: Side
    price: Price
    quantity: Quantity
    time_in_force: TimeInForce
    conditions: Conditions = PLAIN


class WithdrawOrder(Message):
    """A cancel of an order that this account stream accepted before."""

    market_id: Identity
    order_id: Identity
    account_id: Identity
    reason: Reason


class Instruct(Message):
    """A command for a market, the catalogue or members' activity; answered with ``Instructed``.

    ``username`` is the member's, where it is about their activity.
    """

    account_id: Identity
    request_id: Identity
    item: int
    command: InstructedCommand | SocialCommand
    username: str = ""


class TermsRecorded(Message):
    """This account stream knows the market's final terms."""

    market_id: Identity
    stream: str


class VerdictApplied(Message):
    """This account stream has settled all its accounts by this version of the verdict."""

    market_id: Identity
    stream: str
    version: Identity
    clearing: int
    """What clearing/<market> holds in this stream now; over all streams it must be zero."""


# From a market stream to an account stream.


class OrderReport(Message):
    """The market's word on one order: fills, and whether it still rests.

    ``left`` is the quantity that rests afterwards. ``reason`` says why the rest was cancelled
    (``cancelled``) or why the order was rejected (``rejected``). ``arrival`` marks the report that
    answers the order's own submission. ``time`` is when the fills executed (0: there are none).
    """

    order_id: Identity
    account_id: Identity
    fills: tuple[Fill, ...]
    left: int
    arrival: bool = False
    reason: Reason | None = None
    rejected: bool = False
    time: Time = 0
    amended: Amended | None = None
    """What the order is from here on, where this is the word on an amendment of it."""


class WithdrawalRefused(Message):
    """There was nothing left to cancel."""

    order_id: Identity
    account_id: Identity


class MarketAnnounced(Message):
    """A market exists, as a draft."""

    market_id: Identity


class TermsFrozen(Message):
    """A market is about to open on these terms; answered with ``TermsRecorded``."""

    terms: Terms


class VerdictReached(Message):
    """A market is settled or voided; answered with ``VerdictApplied``."""

    market_id: Identity
    verdict: Verdict


class Instructed(Message):
    """What became of an ``Instruct``."""

    account_id: Identity
    request_id: Identity
    item: int
    result: Result


# Between market streams.


class EstablishMarket(Message):
    """The catalogue registered a market: its own stream is to make it. Carries whom to answer."""

    market: MarketDetails
    account_id: Identity
    request_id: Identity
    item: int


class MarketStateReported(Message):
    """A market tells the catalogue how it stands (an event is settled when all its markets are)."""

    market_id: Identity
    event_id: Identity
    state: MarketState


class SweepOrders(Message):
    """A market stream to itself: some resting orders after the others, so that no record is too long."""

    version: Identity


# Between markets-0 and every stream, itself included.


class SwitchExchange(Message):
    """The kill switch was moved; answered with ``ExchangeSwitched`` once all that follows is done."""

    version: Identity
    state: ExchangeState
    cancel_orders: bool
    reason: str
    time: Time


class ExchangeSwitched(Message):
    stream: str
    version: Identity


# Between account streams.


class MoveMoney(Message):
    """Staff moves money between the outside and an account of another stream."""

    username: str
    amount: Amount
    withdrawal: bool
    account_id: Identity
    request_id: Identity
    item: int


Posted = (
    SubmitOrder
    | WithdrawOrder
    | Instruct
    | TermsRecorded
    | VerdictApplied
    | OrderReport
    | WithdrawalRefused
    | MarketAnnounced
    | TermsFrozen
    | VerdictReached
    | Instructed
    | EstablishMarket
    | MarketStateReported
    | MoveMoney
    | SweepOrders
    | SwitchExchange
    | ExchangeSwitched
    | SocialPosted
    | SubmitOffer
    | SubmitAcceptance
    | ContractVoidReached
    | ContractVoidApplied
    | SubmitAmendment
    | AmendmentRefused
)
