"""Owns the decisions on members themselves: registration, profile, password, sessions, API keys, roles.

Never decides on money or orders; never changes the state it looks at.
Called by the decisions of account streams, and by their turn.
"""

from typing import Final

from msgspec import structs

from actors.machines.account_stream.account import Account, Spot
from actors.machines.account_stream.accounts import Accounts
from actors.machines.account_stream.api_keys import ApiKey, expires
from actors.machines.account_stream.permissions import covers, scope_of
from actors.machines.messages.answers import Refused
from actors.machines.messages.commands import (
    ChangePassword,
    ChangeProfile,
    ChangeRoles,
    CreateApiKey,
    CredentialsCommand,
    EndSessions,
    RegisterMember,
    Request,
    RevokeApiKey,
)
from actors.machines.messages.credential_events import (
    ApiKeyCreated,
    ApiKeyRevoked,
    PasswordChanged,
    RolesChanged,
    SessionsEnded,
)
from actors.machines.messages.events import (
    AccountEvent,
    InstructionAnswered,
    ItemAnswered,
    MemberRegistered,
    ProfileChanged,
)
from actors.machines.messages.posted import Instruct
from actors.machines.messages.words import GRANTED, Reason, Role
from actors.machines.streams import make_id

RESERVED_USERNAMES: Final = frozenset({"staff"})
"""Names that only the installation itself registers."""


def decide_registration(
    state: Accounts, command: RegisterMember, time: int
) -> MemberRegistered | Account | Refused:
    """A new member; the account itself when this very registration is repeated."""
    if command.username in RESERVED_USERNAMES and not command.staff:
        return Refused(Reason.USERNAME_TAKEN, "This username is reserved.", "username")
    known = state.usernames.get(command.username)
    if known is not None:
        account = state.accounts[known]
        if account.registration_key == command.key:
            return account
        return Refused(Reason.USERNAME_TAKEN, "This username is taken.", "username")
    return MemberRegistered(
        make_id(state.next_account, state.name),
        command.username,
        command.password_hash,
        command.display_name,
        Role.STAFF if command.staff else Role.MEMBER,
        command.key,
        time,
    )


def refuse_credentials(account: Account, request: Request, time: int) -> Refused | None:
    """Why a request is not the member's, or more than its API key is for; None if all is well."""
    if not request.api_key_id:
        if account.generation != request.generation:
            return Refused(Reason.NOT_SIGNED_IN, "The session has ended.")
        return None
    key = account.api_keys.find(request.api_key_id, time)
    if key is None:
        return Refused(Reason.NOT_SIGNED_IN, "The API key is revoked or has expired.")
    if not all(covers(key.scope, scope_of(command)) for command in request.commands):
        return Refused(Reason.NOT_ALLOWED, f"An API key of scope {key.scope} is not for this.")
    return None


def decide_profile(account: Account, command: ChangeProfile, spot: Spot) -> list[AccountEvent]:
    """What is left out stays as it is."""
    name = account.display_name if command.display_name is None else command.display_name
    bio = account.bio if command.bio is None else command.bio
    changed = structs.replace(account.result(), display_name=name, bio=bio)
    return [
        ProfileChanged(account.account_id, account.username, name, bio),
        ItemAnswered(account.account_id, spot.request_id, spot.item, changed),
    ]


def decide_credentials(
    state: Accounts, account: Account, command: CredentialsCommand, spot: Spot
) -> list[AccountEvent] | Refused:
    """What a member signs in by."""
    match command:
        case EndSessions():
            return _end_sessions(account, spot)
        case ChangePassword():
            return _change_password(account, command, spot)
        case CreateApiKey():
            return _create_api_key(state, account, command, spot)
        case _:
            return _revoke_api_key(account, command, spot)


def _end_sessions(account: Account, spot: Spot) -> list[AccountEvent]:
    generation = account.generation + 1
    ended = structs.replace(account.result(), generation=generation)
    return [
        SessionsEnded(account.account_id, generation),
        ItemAnswered(account.account_id, spot.request_id, spot.item, ended),
    ]


def _change_password(account: Account, command: ChangePassword, spot: Spot) -> list[AccountEvent] | Refused:
    if command.known_hash != account.password_hash:
        return Refused(Reason.PASSWORD_CHANGED, "The password was changed a moment ago.", "password")
    generation = account.generation + 1
    changed = structs.replace(account.result(), generation=generation)
    return [
        PasswordChanged(
            account.account_id, command.password_hash, generation, command.keep_api_keys, spot.time
        ),
        ItemAnswered(account.account_id, spot.request_id, spot.item, changed),
    ]


def _create_api_key(
    state: Accounts, account: Account, command: CreateApiKey, spot: Spot
) -> list[AccountEvent] | Refused:
    refused = account.api_keys.refuse(command, spot.time)
    if refused is not None:
        return refused
    created = ApiKeyCreated(
        account.account_id,
        make_id(state.next_api_key, state.name),
        command.name,
        command.scope,
        command.digest,
        expires(command, spot.time),
        spot.time,
    )
    shown = ApiKey(created).result()
    return [created, ItemAnswered(account.account_id, spot.request_id, spot.item, shown)]


def _revoke_api_key(account: Account, command: RevokeApiKey, spot: Spot) -> list[AccountEvent] | Refused:
    key = account.api_keys.find(command.api_key_id, spot.time)
    if key is None:
        return Refused(Reason.NOT_FOUND, "There is no such API key.", "api_key_id")
    return [
        ApiKeyRevoked(account.account_id, command.api_key_id, spot.time),
        ItemAnswered(account.account_id, spot.request_id, spot.item, key.result()),
    ]


def decide_instruction(state: Accounts, instruct: Instruct, time: int) -> list[AccountEvent]:
    """A command of the staff's that is decided where the member is whom it is about: their roles."""
    asker = (instruct.account_id, instruct.request_id, instruct.item)
    command = instruct.command
    if not isinstance(command, ChangeRoles):
        error = f"an account stream does not decide {type(command).__name__}"
        raise TypeError(error)
    known = state.usernames.get(command.username)
    if known is None:
        refused = Refused(Reason.NOT_FOUND, "There is no such member.", "username")
        return [InstructionAnswered(*asker, refused)]
    account = state.accounts[known]
    if account.role is Role.STAFF:
        refused = Refused(Reason.NOT_ALLOWED, "Who is staff from the first start holds every role.", "roles")
        return [InstructionAnswered(*asker, refused)]
    roles = tuple(role for role in GRANTED if role in command.roles)
    answered = InstructionAnswered(*asker, structs.replace(account.result(), roles=roles))
    if roles == account.roles:
        return [answered]
    return [RolesChanged(known, account.username, roles, command.reason, *asker, time), answered]
