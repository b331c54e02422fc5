"""Owns who may do what: the role that each of the staff's commands takes, the scope that any command takes.

Never knows an account: who asks brings what they hold.
Called by the decisions of account streams, and by the web, which refuses earlier by the same rules.
"""

from collections.abc import Mapping
from typing import Final

from actors.machines.messages.amendments import AmendOrder
from actors.machines.messages.challenges import AcceptChallenge, DeclineChallenge, OfferChallenge
from actors.machines.messages.commands import (
    CancelAll,
    CancelOrder,
    CancelReference,
    ChangeEvent,
    ChangeExchangeState,
    ChangeMarketState,
    ChangeRoles,
    Command,
    CreateEvent,
    CreateMarket,
    Deposit,
    PlaceOrder,
    SettleMarket,
    TurnInPlay,
    Withdraw,
)
from actors.machines.messages.comments import HideComment, ShowComment
from actors.machines.messages.voiding import VoidContract
from actors.machines.messages.words import Role, Scope

ROLE_OF: Final[Mapping[type[Command], Role]] = {
    CreateEvent: Role.OPERATOR,
    ChangeEvent: Role.OPERATOR,
    CreateMarket: Role.OPERATOR,
    ChangeMarketState: Role.OPERATOR,
    TurnInPlay: Role.OPERATOR,
    SettleMarket: Role.OPERATOR,
    VoidContract: Role.OPERATOR,
    ChangeExchangeState: Role.OPERATOR,
    Deposit: Role.TREASURER,
    Withdraw: Role.TREASURER,
    ChangeRoles: Role.ADMIN,
    HideComment: Role.OPERATOR,
    ShowComment: Role.OPERATOR,
}
"""The staff's commands; all others are any member's."""

SCOPE_OF: Final[Mapping[type[Command], Scope]] = {
    PlaceOrder: Scope.TRADE,
    AmendOrder: Scope.TRADE,
    CancelOrder: Scope.TRADE,
    CancelReference: Scope.TRADE,
    CancelAll: Scope.TRADE,
    OfferChallenge: Scope.TRADE,
    AcceptChallenge: Scope.TRADE,
    DeclineChallenge: Scope.TRADE,
}
"""What an API key may be used for; all others take a session."""

_RANKS: Final = {scope: rank for rank, scope in enumerate(Scope)}


def may(staff: bool, roles: tuple[Role, ...], needed: Role) -> bool:  # noqa: FBT001 (as a member holds them)
    """Whether who holds these roles may do what takes this one: staff and admins may do everything."""
    return staff or Role.ADMIN in roles or needed in roles


def covers(scope: Scope, needed: Scope) -> bool:
    """Whether a scope is enough: trading includes reading, and all includes both."""
    return _RANKS[scope] >= _RANKS[needed]


def scope_of(command: Command) -> Scope:
    """The scope that a command takes."""
    return SCOPE_OF.get(type(command), Scope.ALL)
