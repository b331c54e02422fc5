"""Owns an account stream's state: accounts, open requests, what it knows of markets, its sums.

Never decides and never sends: ``accounts_decide`` and ``accounts_effects`` do, this evolves.
Called by the turn of an account stream.

Money that enters or leaves is booked against the stream's contra accounts (``external``, ``commission``,
``clearing`` per market), so that everything in a stream always sums to zero.
"""

from typing import assert_never

from actors.machines.account_stream.account import Account, KnownMarket
from actors.machines.account_stream.request import MemberRequest
from actors.machines.messages.amendments import AmendRefused, AmendRequested
from actors.machines.messages.answers import OrderResult, Refused, Result
from actors.machines.messages.credential_events import (
    ApiKeyCreated,
    ApiKeyRevoked,
    PasswordChanged,
    RolesChanged,
    SessionsEnded,
)
from actors.machines.messages.events import (
    AccountEvent,
    CancelAllRequested,
    CancelRefused,
    CancelRequested,
    ExchangeStateNoted,
    InstructionAnswered,
    InstructionSent,
    ItemAnswered,
    MarketNoted,
    MemberRegistered,
    MoneyDeposited,
    MoneyMoveAnswered,
    MoneyMoveSent,
    MoneyWithdrawn,
    OrderPlaced,
    OrderUpdated,
    PositionSettled,
    ProfileChanged,
    RequestOpened,
    TermsNoted,
    VerdictNoted,
)
from actors.machines.messages.social_commands import SocialCommandSent
from actors.machines.messages.voiding import ContractVoidNoted, StakesReturned
from actors.machines.messages.words import Reason
from actors.machines.streams import Streams
from actors.machines.switch import NEVER_SWITCHED


class Accounts:
    """The state of an account stream."""

    def __init__(self, name: str, streams: Streams) -> None:
        self.name = name
        self.streams = streams
        self.accounts: dict[int, Account] = {}
        self.usernames: dict[str, int] = {}
        self.api_key_owners: dict[int, int] = {}
        """API keys that are not revoked -> whose they are."""
        self.markets: dict[int, KnownMarket] = {}
        self.exchange_noted = NEVER_SWITCHED
        """The kill switch as this stream was told of it."""
        self.requests: dict[int, MemberRequest] = {}
        """Open requests by id."""
        self.external = 0
        self.commission = 0
        self.clearing: dict[int, int] = {}
        self.next_order = 1
        self.next_request = 1
        self.next_account = 1
        self.next_api_key = 1
        self.answered: list[MemberRequest] = []
        """Requests that got their last result since the turn last looked; volatile."""

    def evolve(  # noqa: C901, PLR0912, PLR0915 - a table, a line a case
        self, event: AccountEvent
    ) -> None:
        """Applies one event; what it can't apply is an error in the log and raises."""
        match event:  # the frequent ones first: cases are tried in turn
            case OrderPlaced():
                self._placed(event)
            case OrderUpdated():
                self._updated(event)
            case RequestOpened():
                self._opened(event)
            case CancelRequested():
                self._cancel(event)
            case ItemAnswered():
                self._answered(event)
            case CancelRefused():
                self._cancel_refused(event)
            case CancelAllRequested():
                self._cancel_all(event)
            case AmendRequested():
                self.accounts[event.account_id].expect_amendment(event)
            case AmendRefused():
                self._amend_refused(event)
            case MemberRegistered():
                self._registered(event)
            case ProfileChanged():
                self._profile(event)
            case SessionsEnded():
                self._sessions(event)
            case PasswordChanged():
                self._password(event)
            case ApiKeyCreated():
                self._api_key(event)
            case ApiKeyRevoked():
                self._api_key_revoked(event)
            case RolesChanged():
                self.accounts[event.holder_id].roles = event.roles
            case MoneyDeposited():
                self._deposited(event)
            case MoneyWithdrawn():
                self._withdrawn(event)
            case PositionSettled():
                self._settled(event)
            case MarketNoted():
                self._market(event)
            case TermsNoted():
                self._terms(event)
            case VerdictNoted():
                self._verdict(event)
            case StakesReturned():
                self.accounts[event.account_id].take_back(event)
            case ContractVoidNoted():
                self._voided(event)
            case ExchangeStateNoted():
                self.exchange_noted = event
            case InstructionSent() | MoneyMoveSent() | SocialCommandSent():
                pass  # nothing changes here until the other stream has answered
            case InstructionAnswered() | MoneyMoveAnswered():
                pass  # nothing changes here: the event is for the sender
            case _:
                assert_never(event)

    def _registered(self, event: MemberRegistered) -> None:
        account = Account(event)
        self.accounts[account.account_id] = account
        self.usernames[account.username] = account.account_id
        self.next_account += 1

    def _profile(self, event: ProfileChanged) -> None:
        account = self.accounts[event.account_id]
        account.display_name = event.display_name
        account.bio = event.bio

    def _sessions(self, event: SessionsEnded) -> None:
        self.accounts[event.account_id].generation = event.generation

    def _password(self, event: PasswordChanged) -> None:
        account = self.accounts[event.account_id]
        account.password_hash = event.password_hash
        account.generation = event.generation
        if not event.api_keys_kept:
            self._forget_api_keys(account.api_keys.revoke_all())

    def _api_key(self, event: ApiKeyCreated) -> None:
        self._forget_api_keys(self.accounts[event.account_id].api_keys.create(event))
        self.api_key_owners[event.api_key_id] = event.account_id
        self.next_api_key += 1

    def _api_key_revoked(self, event: ApiKeyRevoked) -> None:
        self.accounts[event.account_id].api_keys.revoke(event.api_key_id)
        self._forget_api_keys([event.api_key_id])

    def _forget_api_keys(self, forgotten: list[int]) -> None:
        for api_key_id in forgotten:
            del self.api_key_owners[api_key_id]

    def _opened(self, event: RequestOpened) -> None:
        self.requests[event.request_id] = self.accounts[event.account_id].remember(event)
        self.next_request = event.request_id + 1

    def _answered(self, event: ItemAnswered) -> None:
        self._answer(event.request_id, event.item, event.result)

    def _placed(self, event: OrderPlaced) -> None:
        self.accounts[event.account_id].place(event, self.markets[event.market_id])
        self.next_order += 1

    def _cancel_all(self, event: CancelAllRequested) -> None:
        request = self.requests[event.request_id]
        request.expect_cancels(event.item, event.orders)
        self._finish(request)

    def _cancel(self, event: CancelRequested) -> None:
        self.accounts[event.account_id].expect_cancel(event)

    def _updated(self, event: OrderUpdated) -> None:
        account = self.accounts[event.account_id]
        order = account.report(event)
        if event.taker and (place := account.placing.pop(event.order_id, None)) is not None:
            rejected = event.state == "rejected" and event.reason is not None
            result: OrderResult | Refused = (
                Refused(event.reason, "The market rejected the order.")
                if rejected and event.reason is not None
                else order.result(account.balance, account.exposure, event.fills)
            )
            self._answer(*place, result)
        if event.amended is not None:
            result = order.result(account.balance, account.exposure, event.fills)
            self._answer(*account.amending.pop(event.order_id), result)
        if event.reason is Reason.MEMBER_REQUESTED:
            self._hear_cancel(account, event.order_id, order.result(account.balance, account.exposure))

    def _cancel_refused(self, event: CancelRefused) -> None:
        account = self.accounts[event.account_id]
        refused = Refused(Reason.TOO_LATE, "Nothing of the order was left to cancel.", "order_id")
        self._hear_cancel(account, event.order_id, refused)

    def _amend_refused(self, event: AmendRefused) -> None:
        account = self.accounts[event.account_id]
        account.refuse_amendment(event)
        refused = Refused(event.reason, "The order stays as it was: it could not be amended.", "order_id")
        self._answer(*account.amending.pop(event.order_id), refused)

    def _hear_cancel(self, account: Account, order_id: int, result: OrderResult | Refused) -> None:
        request_id, item = account.hear_cancel(order_id)
        request = self.requests[request_id]
        if item in request.cancelling:
            request.hear_cancel(item, order_id if isinstance(result, OrderResult) else None)
            self._finish(request)
        else:
            self._answer(request_id, item, result)

    def _deposited(self, event: MoneyDeposited) -> None:
        self.accounts[event.account_id].balance = event.balance
        self.external -= event.amount

    def _withdrawn(self, event: MoneyWithdrawn) -> None:
        self.accounts[event.account_id].balance = event.balance
        self.external += event.amount

    def _settled(self, event: PositionSettled) -> None:
        self.accounts[event.account_id].settle(event)
        self.clearing[event.market_id] = self.clearing.get(event.market_id, 0) - event.gross
        self.commission += event.commission

    def _market(self, event: MarketNoted) -> None:
        self.markets[event.market_id] = KnownMarket()

    def _terms(self, event: TermsNoted) -> None:
        market = self.markets[event.terms.market_id]
        market.terms = event.terms
        market.index = {contract_id: at for at, contract_id in enumerate(event.terms.contract_ids)}

    def _verdict(self, event: VerdictNoted) -> None:
        self.markets[event.market_id].verdict = event.verdict
        assert self.clearing.get(event.market_id, 0) == event.clearing, f"clearing of {event.market_id}"

    def _voided(self, event: ContractVoidNoted) -> None:
        market = self.markets[event.market_id]
        market.voided = (*market.voided, market.index[event.contract_id])

    def _answer(self, request_id: int, item: int, result: Result) -> None:
        request = self.requests[request_id]
        request.answer(item, result)
        self._finish(request)

    def _finish(self, request: MemberRequest) -> None:
        if request.missing == 0:
            del self.requests[request.request_id]
            self.answered.append(request)

    def total(self) -> int:
        """All money of the stream, the contra accounts included: always zero."""
        held = sum(account.balance for account in self.accounts.values())
        return held + self.external + self.commission + sum(self.clearing.values())
