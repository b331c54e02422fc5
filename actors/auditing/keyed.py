"""Owns which event belongs to which message, by keys that are equal where they belong together.

Never compares what else is in them: causes do.
Called by causes.
"""

from typing import Final

from actors.auditing.auctions import BY_AN_AUCTION
from actors.machines.messages.activity import AddEntry, EntryAdded
from actors.machines.messages.amendments import (
    AmendmentRefused,
    AmendRefused,
    SubmitAmendment,
)
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
from actors.machines.messages.challenges import (
    ChallengeAccepted,
    ChallengeEnded,
    ChallengeOffered,
    SubmitAcceptance,
    SubmitOffer,
)
from actors.machines.messages.credential_events import RolesChanged
from actors.machines.messages.events import (
    CancelRefused,
    Event,
    EventCreated,
    ExchangeHalted,
    ExchangeOpened,
    ExchangeStateNoted,
    InstructionAnswered,
    ItemAnswered,
    MarketCreated,
    MarketNoted,
    MarketOpening,
    MarketRegistered,
    MarketSettled,
    MarketStateNoted,
    MoneyMoveAnswered,
    OrdersSwept,
    OrderUpdated,
    SwitchAcknowledged,
    TermsAcknowledged,
    TermsNoted,
    VerdictAcknowledged,
    VerdictNoted,
)
from actors.machines.messages.posted import (
    EstablishMarket,
    ExchangeSwitched,
    Instruct,
    Instructed,
    MarketAnnounced,
    MarketStateReported,
    MoveMoney,
    OrderReport,
    Posted,
    SubmitOrder,
    SweepOrders,
    SwitchExchange,
    TermsFrozen,
    TermsRecorded,
    VerdictApplied,
    VerdictReached,
    WithdrawalRefused,
    WithdrawOrder,
)
from actors.machines.messages.voiding import (
    ContractVoidAcknowledged,
    ContractVoidApplied,
    ContractVoided,
    ContractVoidNoted,
    ContractVoidReached,
)
from actors.machines.messages.words import ChallengeState, Reason

Key = tuple[object, ...]

EVERY_MARKET: Final = 0
_WITH_MARKET: Final = (Reason.MARKET_HALTED, Reason.MARKET_IN_PLAY, Reason.CONTRACT_VOIDED)


def key_of_message(message: Posted) -> Key | None:  # noqa: C901, PLR0912 - a table, a line a case
    """The key of the event that the message asks for; None if none is looked for."""
    match message:  # the frequent ones first: cases are tried in turn
        case OrderReport():
            return ("report", message.order_id, message.account_id)
        case SubmitOrder():
            return ("order", message.order_id, message.account_id)
        case SubmitAcceptance():
            return ("order", message.order_id, message.account_id)
        case SubmitOffer():
            return ("order", message.challenge_id, message.account_id)
        case SubmitAmendment():
            return ("amendment", message.order_id, message.account_id)
        case AmendmentRefused():
            return ("amendment refused", message.order_id, message.account_id)
        case WithdrawOrder():
            return ("withdrawal", message.order_id, message.account_id)
        case WithdrawalRefused():
            return ("refusal", message.order_id, message.account_id)
        case Instruct():
            return ("instruct", message.account_id, message.request_id, message.item)
        case Instructed():
            return ("answer", message.account_id, message.request_id, message.item, message.result)
        case MoveMoney():
            return ("money", message.account_id, message.request_id, message.item)
        case MarketAnnounced():
            return ("announced", message.market_id)
        case TermsFrozen():
            return ("terms", message.terms)
        case TermsRecorded():
            return ("recorded", message.market_id, message.stream)
        case VerdictReached():
            return ("verdict", message.market_id, message.verdict)
        case ContractVoidReached():
            return ("void", message.market_id, message.contract_id)
        case ContractVoidApplied():
            return ("given back", message.market_id, message.stream, message.contract_id)
        case VerdictApplied():
            return ("applied", message.market_id, message.stream, message.version, message.clearing)
        case EstablishMarket():
            return ("establish", message.market)
        case MarketStateReported():
            return ("state", message.market_id, message.event_id, message.state)
        case SweepOrders():
            return ("sweep", message.version)
        case SwitchExchange():
            return ("switch", message.version, message.state, message.cancel_orders)
        case ExchangeSwitched():
            return ("switched", message.stream, message.version)
        case AddEntry():
            return ("entry", message.entry.entry_id)
        case _:
            return None  # what else social streams say to each other is no matter of money or of numbers


def key_of_event(  # noqa: C901, PLR0912 - a table, a line a case
    event: Event, opened: set[int], free: frozenset[int]
) -> Key | None:
    """The key of the message that the event needs; None for one that needs none.

    ``opened``: requests opened in this record, whose commands may be refused without another stream.
    ``free``: markets whose orders this record may cancel unasked (``EVERY_MARKET``: all of them).
    """
    match event:  # the frequent ones first: cases are tried in turn
        case OrderUpdated():
            return ("report", event.order_id, event.account_id)
        case OrderMatched() | OrderRejected() | OrderDelayed():
            if not isinstance(event, OrderDelayed) and event.delayed:
                return None  # its time has come, or its market has stopped
            return ("order", event.order_id, event.account_id)
        case OrderReduced() | OrderReplaced() | AmendMissed() | AmendDelayed() | AmendRefused():
            return _key_of_amendment(event)
        case OrderCancelled():
            if event.reason in _OF_ITSELF or _is_free(event, free):
                return None  # whether its time has come, the audit of markets judges
            return ("withdrawal", event.order_id, event.account_id)
        case ChallengeOffered():
            return ("order", event.challenge_id, event.account_id)
        case ChallengeAccepted():
            return ("order", event.order_id, event.acceptor_id)
        case ChallengeEnded():
            return _key_of_end(event, free)
        case CancelMissed():
            return ("withdrawal", event.order_id, event.account_id)
        case CancelRefused():
            return ("refusal", event.order_id, event.account_id)
        case ItemAnswered():
            if event.request_id in opened:
                return None
            return ("answer", event.account_id, event.request_id, event.item, event.result)
        case MoneyMoveAnswered():
            return ("money", event.account_id, event.request_id, event.item)
        case InstructionAnswered() | EventCreated() | MarketRegistered() | MarketOpening() | MarketSettled():
            return ("instruct", event.account_id, event.request_id, event.item)
        case RolesChanged():
            return ("instruct", event.account_id, event.request_id, event.item)
        case ExchangeHalted() | ExchangeOpened():
            if event.account_id == 0:
                return None  # moved by the exchange itself
            return ("instruct", event.account_id, event.request_id, event.item)
        case MarketNoted():
            return ("announced", event.market_id)
        case TermsNoted():
            return ("terms", event.terms)
        case TermsAcknowledged():
            return ("recorded", event.market_id, event.stream)
        case VerdictNoted():
            return ("verdict", event.market_id, event.verdict)
        case ContractVoidNoted():
            return ("void", event.market_id, event.contract_id)
        case ContractVoidAcknowledged():
            return ("given back", event.market_id, event.stream, event.contract_id)
        case ContractVoided():
            return ("instruct", event.account_id, event.request_id, event.item)
        case VerdictAcknowledged():
            return ("applied", event.market_id, event.stream, event.version, event.clearing)
        case MarketCreated():
            return ("establish", event.market)
        case MarketStateNoted():
            return ("state", event.market_id, event.event_id, event.state)
        case OrdersSwept():
            return ("sweep", event.version)
        case ExchangeStateNoted():
            return ("switch", event.version, event.state, event.cancel_orders)
        case SwitchAcknowledged():
            return ("switched", event.stream, event.version)
        case EntryAdded():
            return ("entry", event.entry.entry_id)
        case _:
            return None


_OF_ITSELF = frozenset({Reason.EXPIRED, *BY_AN_AUCTION})
"""An order's time has come, or the end of the auction that it was for."""


def _key_of_amendment(
    event: OrderReduced | OrderReplaced | AmendMissed | AmendDelayed | AmendRefused,
) -> Key | None:
    if isinstance(event, AmendRefused):
        return ("amendment refused", event.order_id, event.account_id)
    if not isinstance(event, AmendDelayed) and event.delayed:
        return None  # its time has come
    return ("amendment", event.order_id, event.account_id)


def _key_of_end(event: ChallengeEnded, free: frozenset[int]) -> Key | None:
    if event.state is ChallengeState.EXPIRED or event.state is ChallengeState.DECLINED:
        return None  # its time has come; or the answer that follows has the cause
    if event.state is ChallengeState.CANCELLED and _is_free(event, free):
        return None
    return ("withdrawal", event.challenge_id, event.account_id)


def _is_free(event: OrderCancelled | ChallengeEnded, free: frozenset[int]) -> bool:
    """Whether it is cancelled with others of its market, or with all that is open."""
    with_market = event.reason in _WITH_MARKET
    return (with_market and event.market_id in free) or (
        event.reason is Reason.ADMIN_REQUESTED and EVERY_MARKET in free
    )
