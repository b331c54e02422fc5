"""Owns the resources of members: registration, the public profile, signing in and out.

Never sees a password longer than it takes to hash or check it; never shows anything private.
Called by resources/app.py.
"""

import secrets
from collections.abc import Mapping
from typing import Annotated, Final

import msgspec

from actors.machines import limits
from actors.machines.messages.answers import AccountResult, Credentials
from actors.machines.messages.commands import ChangeProfile, EndSessions, GetCredentials, RegisterMember
from actors.machines.messages.words import Role
from couch_views.formats import format_time
from couch_views.queries import accounts as queries
from resources.authority import SessionAuthority
from resources.exchange import Exchange
from resources.passwords import Passwords
from resources.reading import Reader
from resources.representations import Json, member, shown
from resources.texts import Bio, DisplayName, Password, Username
from resources.tokens import Tokens
from resources.toolkit.body import body_of
from resources.toolkit.fields import Shape, matches
from resources.toolkit.problems import NOT_ALLOWED, ProblemError, not_found, not_signed_in
from resources.toolkit.query import Query
from resources.toolkit.resource import (
    NO_QUERY,
    Call,
    Method,
    Outcome,
    command,
    created,
    done,
    nothing_to_say,
    read,
)
from resources.toolkit.visitor import Member, Who

_PROFILE_FIELDS: Final = ("username", "display_name", "bio", "created_datetime")


class MemberAsked(Shape):
    username: Username
    password: Password
    display_name: DisplayName | None = None


class ProfileAsked(Shape):
    """What is left out stays as it is."""

    display_name: DisplayName | msgspec.UnsetType = msgspec.UNSET
    bio: Bio | msgspec.UnsetType = msgspec.UNSET


class SessionAsked(Shape):
    """Anything may be tried; what can't be somebody's name and password is as wrong as what isn't."""

    username: Annotated[str, msgspec.Meta(max_length=limits.PASSWORD_LENGTH_MAX)]
    password: Annotated[str, msgspec.Meta(max_length=limits.PASSWORD_LENGTH_MAX)]


class Members:
    """``/v3/members/``: registration."""

    pattern = "/v3/members"

    def __init__(self, exchange: Exchange, passwords: Passwords, tokens: Tokens) -> None:
        self._exchange = exchange
        self._passwords = passwords
        self._tokens = tokens
        self.methods: Mapping[str, Method] = {
            "POST": command(Who.ANYONE, body_of(MemberAsked), self.register),
        }

    async def register(self, call: Call[MemberAsked, Query]) -> Outcome:
        asked = call.body
        password_hash = await self._passwords.hash(asked.password)
        name = asked.username if asked.display_name is None else asked.display_name
        # The key is of this registration alone: repeated by the gateway it finds its own member.
        register = RegisterMember(asked.username, password_hash, name, secrets.token_hex(16))
        account, position = await self._exchange.register(register)
        content = {"member": member(account), **signed_in(self._tokens, account)}
        return created(content, position, f"/v3/members/{asked.username}/")


class Profile:
    """``/v3/members/{username}/``."""

    pattern = "/v3/members/{username}"

    def __init__(self, exchange: Exchange, reader: Reader) -> None:
        self._exchange = exchange
        self._reader = reader
        self.methods: Mapping[str, Method] = {
            "GET": read(Who.ANYONE, NO_QUERY, self.show),
            "PATCH": command(Who.MEMBER, body_of(ProfileAsked), self.change),
        }

    async def show(self, call: Call[None, Query]) -> Outcome:
        username = call.fields["username"]
        document, position = await self._reader.read(
            call, lambda documents: queries.member(documents, username)
        )
        if document is None:
            raise not_found("There is no such member.")
        return done({"member": shown(document, _PROFILE_FIELDS)}, position)

    async def change(self, call: Call[ProfileAsked, Query]) -> Outcome:
        if call.fields["username"] != call.member.username:
            raise ProblemError(NOT_ALLOWED, "A profile is changed by its member.")
        change = ChangeProfile(
            None if call.body.display_name is msgspec.UNSET else call.body.display_name,
            None if call.body.bio is msgspec.UNSET else call.body.bio,
        )
        changed = await self._exchange.carry_out_one(call, change, AccountResult)
        return done({"member": member(changed.result)}, changed.position)


class Sessions:
    """``/v3/sessions/``: signing in, and out everywhere."""

    pattern = "/v3/sessions"

    def __init__(
        self, exchange: Exchange, passwords: Passwords, tokens: Tokens, authority: SessionAuthority
    ) -> None:
        self._exchange = exchange
        self._passwords = passwords
        self._tokens = tokens
        self._authority = authority
        self.methods: Mapping[str, Method] = {
            "POST": command(Who.ANYONE, body_of(SessionAsked), self.sign_in),
            "DELETE": read(Who.MEMBER, NO_QUERY, self.sign_out),
        }

    async def sign_in(self, call: Call[SessionAsked, Query]) -> Outcome:
        credentials = await self._credentials(call.body.username)
        password_hash = None if credentials is None else credentials.password_hash
        right = await self._passwords.matches(password_hash, call.body.password)
        if credentials is None or not right:
            raise not_signed_in("There is no member with this username and password.")
        return done(signed_in(self._tokens, credentials), {})

    async def sign_out(self, call: Call[None, Query]) -> Outcome:
        ended = await self._exchange.carry_out_one(call, EndSessions(), AccountResult)
        self._authority.forget(call.member.account_id)
        return nothing_to_say(ended.position)

    async def _credentials(self, username: str) -> Credentials | None:
        if not matches(username, Username):
            return None
        result = (await self._exchange.ask(GetCredentials(username))).result
        return result if isinstance(result, Credentials) else None


def signed_in(tokens: Tokens, account: AccountResult | Credentials) -> Json:
    """A new session of the member, as registration and signing in answer it."""
    staff = account.role is Role.STAFF
    token = tokens.issue(Member(account.account_id, account.username, account.generation, staff))
    return {
        "token": token.text,
        "expires": format_time(token.expires),
        "account_id": str(account.account_id),
    }
