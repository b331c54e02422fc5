"""Owns the effects of an account stream: what other streams are to be told of an event.

Never sends: messages are data, numbered by the post and carried by the shells.
Called by the turn of an account stream, after each event is evolved.
"""

from actors.machines.account_stream.accounts import Accounts
from actors.machines.messages.amendments import AmendRequested, SubmitAmendment
from actors.machines.messages.challenges import SubmitAcceptance, SubmitOffer
from actors.machines.messages.events import (
    AccountEvent,
    CancelRequested,
    ExchangeStateNoted,
    InstructionAnswered,
    InstructionSent,
    MoneyMoveAnswered,
    MoneyMoveSent,
    OrderPlaced,
    TermsNoted,
    VerdictNoted,
)
from actors.machines.messages.posted import (
    ExchangeSwitched,
    Instruct,
    Instructed,
    MoveMoney,
    Posted,
    SubmitOrder,
    TermsRecorded,
    VerdictApplied,
    WithdrawOrder,
)
from actors.machines.messages.social_commands import SocialCommandSent
from actors.machines.messages.voiding import ContractVoidApplied, ContractVoidNoted
from actors.machines.streams import account_stream_of_id


def effects(  # noqa: C901, PLR0912 - a table, a line a case
    state: Accounts, event: AccountEvent
) -> list[tuple[str, Posted]]:
    """What other streams are to be told of an event."""
    match event:
        case OrderPlaced():
            return [(state.streams.of_market(event.market_id), _submission(state, event))]
        case AmendRequested():
            return [(state.streams.of_market(event.market_id), _amendment(event))]
        case CancelRequested():
            withdraw = WithdrawOrder(event.market_id, event.order_id, event.account_id, event.reason)
            return [(state.streams.of_market(event.market_id), withdraw)]
        case InstructionSent():
            instruct = Instruct(event.account_id, event.request_id, event.item, event.command)
            return [(event.destination, instruct)]
        case SocialCommandSent():
            place = (event.account_id, event.request_id, event.item)
            return [(event.destination, Instruct(*place, event.command, event.username))]
        case InstructionAnswered():
            told = Instructed(event.account_id, event.request_id, event.item, event.result)
            return [(account_stream_of_id(event.account_id), told)]
        case MoneyMoveSent():
            move = MoveMoney(
                event.username,
                event.amount,
                event.withdrawal,
                event.account_id,
                event.request_id,
                event.item,
            )
            return [(event.destination, move)]
        case MoneyMoveAnswered():
            answer = Instructed(event.account_id, event.request_id, event.item, event.result)
            return [(event.destination, answer)]
        case TermsNoted():
            market_id = event.terms.market_id
            return [(state.streams.of_market(market_id), TermsRecorded(market_id, state.name))]
        case VerdictNoted():
            applied = VerdictApplied(event.market_id, state.name, event.verdict.version, event.clearing)
            return [(state.streams.of_market(event.market_id), applied)]
        case ContractVoidNoted():
            given_back = ContractVoidApplied(event.market_id, state.name, event.contract_id)
            return [(state.streams.of_market(event.market_id), given_back)]
        case ExchangeStateNoted():
            return [(state.streams.of_events, ExchangeSwitched(state.name, event.version))]
        case _:
            return []


def _submission(state: Accounts, event: OrderPlaced) -> SubmitOrder | SubmitOffer | SubmitAcceptance:
    if event.challenge_id:
        return _challenge(event, state.accounts[event.account_id].username)
    return SubmitOrder(
        event.market_id,
        event.contract_id,
        event.order_id,
        event.account_id,
        event.side,
        event.price,
        event.quantity,
        event.time_in_force,
        event.conditions,
    )


def _amendment(event: AmendRequested) -> SubmitAmendment:
    return SubmitAmendment(
        event.market_id,
        event.order_id,
        event.account_id,
        event.price,
        event.quantity,
        event.quantity_before,
        event.time_in_force,
        event.conditions,
    )


def _challenge(event: OrderPlaced, username: str) -> SubmitOffer | SubmitAcceptance:
    if event.offer is None:
        return SubmitAcceptance(
            event.market_id,
            event.contract_id,
            event.challenge_id,
            event.order_id,
            event.account_id,
            username,
            event.side,
            event.price,
            event.quantity,
        )
    return SubmitOffer(
        event.market_id,
        event.contract_id,
        event.challenge_id,
        event.account_id,
        username,
        event.side,
        event.price,
        event.quantity,
        event.offer,
        event.time,
    )
