"""Owns the audit of an account stream: each event goes to the rules of its subject.

Never judges by itself, never looks into another stream: causes do.
Called by the auditor.
"""

from actors.auditing.api_keys import ApiKeysAudit
from actors.auditing.breaches import Findings, Rule
from actors.auditing.members import KnownMarket, Members
from actors.auditing.money import MoneyAudit
from actors.auditing.requests import RequestsAudit
from actors.auditing.trading import TradingAudit
from actors.auditing.voiding import StakesAudit
from actors.machines.messages.amendments import AmendRefused, AmendRequested
from actors.machines.messages.credential_events import (
    ApiKeyCreated,
    ApiKeyRevoked,
    PasswordChanged,
    RolesChanged,
    SessionsEnded,
)
from actors.machines.messages.events import (
    CancelAllRequested,
    CancelRefused,
    CancelRequested,
    Event,
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


class AccountsAudit:
    """One account stream."""

    def __init__(self, findings: Findings) -> None:
        self.members = Members()
        self._findings = findings
        self._requests = RequestsAudit(self.members, findings)
        self._api_keys = ApiKeysAudit(findings)
        self._trading = TradingAudit(self.members, findings)
        self._money = MoneyAudit(self.members, findings)
        self._stakes = StakesAudit(self.members, findings)

    def begin(self, _time: int) -> None:
        """Another record begins."""
        self._requests.begin()

    def end(self) -> None:
        """Its events were all judged."""
        self._money.end()
        self._stakes.end()

    def judge(self, event: Event) -> None:  # noqa: C901, PLR0912, PLR0915 - a table, a line a case
        match event:  # the frequent ones first: cases are tried in turn
            case OrderPlaced():
                self._requests.carried_out(event)
                self._trading.placed(event)
            case OrderUpdated():
                self._trading.updated(event)
            case RequestOpened():
                self._requests.opened(event)
                if event.api_key_id:
                    self._api_keys.opened(event)
            case CancelRequested():
                self._requests.carried_out(event)
                self._trading.cancel_requested(event)
            case ItemAnswered():
                self._requests.answered(event)
            case CancelRefused():
                self._trading.cancel_refused(event)
            case AmendRequested():
                self._requests.carried_out(event)
                self._trading.amend_requested(event)
            case AmendRefused():
                self._trading.amend_refused(event)
            case CancelAllRequested():
                self._requests.carried_out(event)
            case InstructionSent() | MoneyMoveSent() | SocialCommandSent():
                self._requests.sent(event)
            case MemberRegistered():
                self._requests.registered(event)
            case MoneyDeposited() | MoneyWithdrawn():
                self._money.moved(event)
            case PositionSettled():
                self._money.settled(event)
            case VerdictNoted():
                self._money.verdict(event)
            case StakesReturned():
                self._stakes.returned(event)
            case ContractVoidNoted():
                self._stakes.noted(event)
            case MarketNoted():
                self._market(event)
            case TermsNoted():
                self._terms(event)
            case ExchangeStateNoted():
                self._trading.switched(event)
            case RolesChanged():
                self._requests.roles_changed(event)
            case ApiKeyCreated():
                self._api_keys.created(event)
            case ApiKeyRevoked():
                self._api_keys.revoked(event)
            case PasswordChanged():
                self._api_keys.password_changed(event)
            case ProfileChanged() | SessionsEnded() | MoneyMoveAnswered() | InstructionAnswered():
                pass  # no rule of money or of orders speaks of them
            case _:
                self._findings.add(Rule.SEQUENCE, f"{type(event).__name__} is no event of an account stream")

    def _market(self, event: MarketNoted) -> None:
        if event.market_id in self.members.markets:
            self._findings.add(Rule.IDENTITY, "the market is announced twice", event.market_id)
            return
        self.members.markets[event.market_id] = KnownMarket()

    def _terms(self, event: TermsNoted) -> None:
        market_id = event.terms.market_id
        market = self.members.markets.setdefault(market_id, KnownMarket())
        if market.terms is not None:
            self._findings.add(Rule.TERMS, "the terms change after they were frozen", market_id)
        market.terms = event.terms
