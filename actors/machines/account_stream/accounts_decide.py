"""Owns the decisions of an account stream: what a request, a command or a posted message leads to.

Never changes the state it looks at: the events it returns do, once they are evolved.
Called by the turn of an account stream.
"""

from typing import assert_never

from msgspec import structs

from actors.machines import limits
from actors.machines.account_stream.account import Account, Spot
from actors.machines.account_stream.accounts import Accounts
from actors.machines.account_stream.amendments_decide import decide_amend, decide_refusal
from actors.machines.account_stream.challenges_decide import decide_acceptance, decide_offer
from actors.machines.account_stream.members_decide import (
    decide_credentials,
    decide_instruction,
    decide_profile,
    refuse_credentials,
)
from actors.machines.account_stream.permissions import ROLE_OF, may
from actors.machines.account_stream.request import MemberRequest
from actors.machines.account_stream.returns import decide_returns
from actors.machines.messages.amendments import AmendmentRefused, AmendOrder
from actors.machines.messages.answers import Refused, Result
from actors.machines.messages.challenges import AcceptChallenge, DeclineChallenge, OfferChallenge
from actors.machines.messages.commands import (
    CancelAll,
    CancelOrder,
    CancelReference,
    ChangeEvent,
    ChangeExchangeState,
    ChangeMarketState,
    ChangePassword,
    ChangeProfile,
    ChangeRoles,
    Command,
    CreateApiKey,
    CreateEvent,
    CreateMarket,
    Deposit,
    EndSessions,
    InstructedCommand,
    PlaceOrder,
    Request,
    RevokeApiKey,
    SettleMarket,
    TurnInPlay,
    Withdraw,
)
from actors.machines.messages.events import (
    AccountEvent,
    CancelRefused,
    InstructionAnswered,
    InstructionSent,
    ItemAnswered,
    MarketNoted,
    MoneyDeposited,
    MoneyMoveAnswered,
    MoneyMoveSent,
    MoneyWithdrawn,
    OrderPlaced,
    RequestOpened,
    TermsNoted,
    VerdictNoted,
)
from actors.machines.messages.posted import (
    Instruct,
    Instructed,
    MarketAnnounced,
    MoveMoney,
    OrderReport,
    Posted,
    SwitchExchange,
    TermsFrozen,
    VerdictReached,
    WithdrawalRefused,
)
from actors.machines.messages.social_commands import SocialCommand, SocialCommandSent
from actors.machines.messages.voiding import ContractVoidReached, VoidContract
from actors.machines.messages.words import ExchangeState, Reason, Role
from actors.machines.social_routes import destination
from actors.machines.streams import make_id
from actors.machines.switch import noted


def known_request(state: Accounts, request: Request, time: int) -> MemberRequest | Refused | None:
    """The request already known under this key; refused if it was another request, or isn't the member's.

    Who asks again for what was accepted is answered although the session has ended since: a gateway does
    so by itself, and "not signed in" would say that nothing happened.
    """
    account = state.accounts.get(request.account_id)
    known = None
    if account is not None:
        known = account.find_request(request.scope, request.key, key_kept=request.key_kept, now=time)
    if known is not None and known.fingerprint == request.fingerprint:
        return known
    if account is None:
        return Refused(Reason.NOT_SIGNED_IN, "The session has ended.")
    refused = refuse_credentials(account, request, time)
    if refused is not None:
        return refused
    if known is not None:
        return Refused(
            Reason.KEY_REUSED, "This idempotency key was used for another request.", "Idempotency-Key"
        )
    return None


def open_request(state: Accounts, request: Request, time: int) -> RequestOpened:
    return RequestOpened(
        request.account_id,
        state.next_request,
        request.scope,
        request.key,
        request.key_kept,
        request.fingerprint,
        len(request.commands),
        time,
        request.api_key_id,
    )


def decide(state: Accounts, account_id: int, command: Command, spot: Spot) -> list[AccountEvent]:
    """One command of a request: its events, a refusal being one of them."""
    account = state.accounts[account_id]
    role = ROLE_OF.get(type(command))
    if role is not None and not may(account.role is Role.STAFF, account.roles, role):
        refused = Refused(Reason.NOT_ALLOWED, f"This takes a member of staff: {role}.")
        return [ItemAnswered(account_id, spot.request_id, spot.item, refused)]
    decided = _decide(state, account, command, spot)
    if isinstance(decided, Refused):
        return [ItemAnswered(account_id, spot.request_id, spot.item, decided)]
    return decided


def _decide(state: Accounts, account: Account, command: Command, spot: Spot) -> list[AccountEvent] | Refused:
    match command:
        case PlaceOrder() | OfferChallenge() | AcceptChallenge():
            placed = decide_order(state, account, command, spot)
            return placed if isinstance(placed, Refused) else [placed]
        case AmendOrder():
            halted = state.exchange_noted.state is ExchangeState.HALTED
            amend = decide_amend(account, state.markets, command, spot, halted=halted)
            return amend if isinstance(amend, Refused) else [amend]
        case CancelOrder() | CancelReference():
            cancel = account.decide_cancel(command, spot)
            return cancel if isinstance(cancel, Refused) else [cancel]
        case CancelAll():
            return list(account.decide_cancel_all(command, spot))
        case Deposit() | Withdraw():
            return [_send_money(state, account, command, spot)]
        case ChangeProfile():
            return decide_profile(account, command, spot)
        case EndSessions() | ChangePassword() | CreateApiKey() | RevokeApiKey():
            return decide_credentials(state, account, command, spot)
        case CreateEvent() | ChangeEvent() | CreateMarket() | ChangeExchangeState():
            return [_instruct(account, command, spot, state.streams.of_events)]
        case ChangeMarketState() | TurnInPlay() | SettleMarket() | VoidContract() | DeclineChallenge():
            return [_instruct(account, command, spot, state.streams.of_market(command.market_id))]
        case ChangeRoles():
            return [_instruct(account, command, spot, state.streams.of_username(command.username))]
        case _ if isinstance(command, SocialCommand):
            return _send_social(state, account, command, spot)
        case _:
            assert_never(command)


def decide_order(
    state: Accounts, account: Account, command: PlaceOrder | OfferChallenge | AcceptChallenge, spot: Spot
) -> OrderPlaced | Refused:
    """All that reserves funds for a trade."""
    if state.exchange_noted.state is ExchangeState.HALTED:
        return Refused(Reason.TRADING_SUSPENDED, "The exchange is halted.")
    order_id = make_id(state.next_order, state.name)
    market = state.markets.get(command.market_id)
    if isinstance(command, OfferChallenge):
        return decide_offer(account, market, command, order_id, spot)
    if isinstance(command, AcceptChallenge):
        return decide_acceptance(account, market, command, order_id, spot)
    return account.decide_place(market, command, order_id, spot)


def _instruct(account: Account, command: InstructedCommand, spot: Spot, destination: str) -> InstructionSent:
    return InstructionSent(account.account_id, spot.request_id, spot.item, destination, command, spot.time)


def _send_social(
    state: Accounts, account: Account, command: SocialCommand, spot: Spot
) -> list[AccountEvent] | Refused:
    if not state.streams.social:
        return Refused(Reason.NOT_ALLOWED, "This exchange only trades.")
    decides = destination(command, account.account_id, state.streams)
    if decides is None:
        return Refused(Reason.NOT_FOUND, "There is no such thing.")
    place = (account.account_id, spot.request_id, spot.item)
    return [SocialCommandSent(*place, decides, command, account.username, spot.time)]


def _send_money(state: Accounts, account: Account, command: Deposit | Withdraw, spot: Spot) -> MoneyMoveSent:
    return MoneyMoveSent(
        account.account_id,
        spot.request_id,
        spot.item,
        state.streams.of_username(command.username),
        command.username,
        command.amount,
        isinstance(command, Withdraw),
        command.reason,
        spot.time,
    )


def provisional(state: Accounts, request: MemberRequest) -> tuple[Result, ...] | None:
    """What is known of an open request: its orders as they stand; None if it is about more."""
    account = state.accounts[request.account_id]
    waiting = {
        place[1]: order_id
        for order_id, place in account.waiting_items()
        if place[0] == request.request_id and place[1] not in request.cancelling
    }
    results: list[Result] = []
    for item, result in enumerate(request.results):
        if result is not None:
            results.append(result)
        elif item in waiting:
            results.append(account.orders[waiting[item]].result(account.balance, account.exposure))
        else:
            return None
    return tuple(results)


def receive(state: Accounts, source: str, message: Posted, time: int) -> list[AccountEvent]:
    """What a posted message leads to."""
    match message:
        case OrderReport():
            return [state.accounts[message.account_id].decide_report(message, time)]
        case AmendmentRefused():
            return [decide_refusal(state.accounts[message.account_id], message)]
        case WithdrawalRefused():
            return [CancelRefused(message.account_id, message.order_id)]
        case MarketAnnounced():
            return [MarketNoted(message.market_id)]
        case TermsFrozen():
            return [TermsNoted(message.terms)]
        case VerdictReached():
            return _decide_verdict(state, message)
        case ContractVoidReached():
            return decide_returns(state, message)
        case Instructed():
            place = (message.account_id, message.request_id, message.item)
            by_staff = source not in state.streams.social_names
            asked_time = state.requests[message.request_id].time if by_staff else 0
            return [ItemAnswered(*place, message.result, asked_time)]
        case Instruct():
            return decide_instruction(state, message, time)
        case MoveMoney():
            return _decide_money(state, source, message)
        case SwitchExchange():
            return [noted(message)]
        case _:
            error = f"an account stream does not take {type(message).__name__}"
            raise TypeError(error)


def poisoned(message: Posted) -> list[AccountEvent]:
    """What a message that could not be decided leads to: who waits for an answer to it is told."""
    if not isinstance(message, Instruct):
        return []
    internal = Refused(Reason.INTERNAL, "The command could not be decided.")
    return [InstructionAnswered(message.account_id, message.request_id, message.item, internal)]


def _decide_verdict(state: Accounts, message: VerdictReached) -> list[AccountEvent]:
    market = state.markets[message.market_id]
    clearing = state.clearing.get(message.market_id, 0)
    events: list[AccountEvent] = []
    for account_id in market.holders:
        settled = state.accounts[account_id].decide_settlement(message.market_id, message.verdict)
        clearing -= settled.gross
        events.append(settled)
    return [*events, VerdictNoted(message.market_id, message.verdict, clearing)]


def _decide_money(state: Accounts, source: str, message: MoveMoney) -> list[AccountEvent]:
    moved = _move(state, message)
    if isinstance(moved, Refused):
        answered = MoneyMoveAnswered(source, message.account_id, message.request_id, message.item, moved)
        return [answered]
    account = state.accounts[moved.account_id]
    result = structs.replace(account.result(), balance=moved.balance)
    return [
        moved,
        MoneyMoveAnswered(source, message.account_id, message.request_id, message.item, result),
    ]


def _move(state: Accounts, message: MoveMoney) -> MoneyDeposited | MoneyWithdrawn | Refused:
    known = state.usernames.get(message.username)
    if known is None:
        return Refused(Reason.NOT_FOUND, "There is no such member.", "username")
    account = state.accounts[known]
    if message.withdrawal:
        if account.available < message.amount:
            return Refused(Reason.INSUFFICIENT_FUNDS, "Less than that is available.", "amount")
        return MoneyWithdrawn(known, message.amount, account.balance - message.amount)
    if message.amount - state.external > limits.MONEY_PER_STREAM_MAX:
        return Refused(Reason.LIMIT_EXCEEDED, "The exchange holds all the money it may.", "amount")
    return MoneyDeposited(known, message.amount, account.balance + message.amount)
