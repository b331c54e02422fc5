"""Owns who is signed in: reads the Authorization header, and learns of what ended within half a second.

Never signs anybody in or out.
Called by the toolkit's decisions.

Another way to sign in (by an account elsewhere, say) ends in a session, too: it is another resource beside
``/v3/sessions/``, and nothing here would change.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

from msgspec import structs

from actors.machines import limits
from actors.machines.messages.answers import AccountResult, ApiKeyCredentials
from actors.machines.messages.commands import GetAccount, GetApiKey
from actors.machines.messages.words import Role
from resources.admission import Room
from resources.api_keys import ApiKeyMaker, read_api_key
from resources.exchange import Exchange
from resources.tokens import Tokens
from resources.toolkit.problems import NOT_SIGNED_IN, UNAVAILABLE, ProblemError, not_signed_in
from resources.toolkit.visitor import Member

_SESSION: Final = "session-token"
_SCHEMES: Final = frozenset({_SESSION, "bearer"})
"""Both take an API key; a session's token is for the first alone."""
_FRESH_US: Final = limits.SESSION_CHECKED_MS * 1_000
_NO_DIGEST: Final = "0" * 64


class Confirmed(NamedTuple):
    """What an account said of its sessions, and when it was asked."""

    generation: int
    roles: tuple[Role, ...]
    asked_at: int


class KnownApiKey(NamedTuple):
    """What an account said of an API key (none: there is no such key), and when it was asked."""

    credentials: ApiKeyCredentials | None
    asked_at: int


_NOT_CONFIRMED: Final = Confirmed(0, (), 0)


class MemberAuthority:
    """Believes signed tokens and API keys, and asks accounts now and then whether to go on doing so."""

    def __init__(
        self,
        tokens: Tokens,
        api_keys: ApiKeyMaker,
        exchange: Exchange,
        room: Room,
        clock: Callable[[], int],
    ) -> None:
        self._tokens = tokens
        self._api_keys = api_keys
        self._exchange = exchange
        self._room = room
        self._clock = clock
        self._confirmed: dict[int, Confirmed] = {}
        """By account."""
        self._known_keys: dict[int, KnownApiKey] = {}
        """By the key's id."""

    async def identify(self, authorization: str, address: str) -> Member:
        """Who the header says it is; 401 if it isn't to be believed, 429 if that is often so from there."""
        try:
            return await self._identify(authorization)
        except ProblemError as problem:
            if problem.kind is NOT_SIGNED_IN:
                self._room.charge_stranger(address)
            raise

    async def confirm(self, member: Member) -> Member:
        """That the session has not been ended since, and the roles held now; 401 if it has."""
        if member.api_key_id:
            return member  # Its account was asked when it was identified.
        confirmed = self._confirmed.get(member.account_id, _NOT_CONFIRMED)
        if confirmed.generation != member.generation or not self._is_fresh(confirmed.asked_at):
            confirmed = await self._ask(member, confirmed)
        if confirmed.generation != member.generation:
            raise not_signed_in("The session has ended.")
        return _with_roles(member, confirmed)

    def forget(self, account_id: int) -> None:
        """What the member signs in by was changed through here: no waiting."""
        self._confirmed.pop(account_id, None)
        self._known_keys = {
            api_key_id: known
            for api_key_id, known in self._known_keys.items()
            if known.credentials is not None and known.credentials.account_id != account_id
        }

    async def _identify(self, authorization: str) -> Member:
        scheme, _, shown = authorization.partition(" ")
        scheme, shown = scheme.lower(), shown.strip()
        if scheme not in _SCHEMES:
            raise not_signed_in("This needs the header Authorization: Session-Token TOKEN.")
        api_key = read_api_key(shown)
        if api_key is not None:
            return await self._holder(api_key.api_key_id, api_key.secret)
        if scheme != _SESSION:
            raise not_signed_in("This is no API key.")
        member = self._tokens.read(shown)
        confirmed = self._confirmed.get(member.account_id, _NOT_CONFIRMED)
        return _with_roles(member, confirmed) if confirmed.generation == member.generation else member

    async def _holder(self, api_key_id: int, secret: str) -> Member:
        key = await self._known_key(api_key_id)
        # A key that isn't there is compared, too: how long this takes tells nothing.
        right = self._api_keys.matches(secret, _NO_DIGEST if key is None else key.digest)
        if key is None or not right or key.expires_time <= self._clock():
            raise not_signed_in("The API key is unknown, revoked, or has expired.")
        return Member(
            key.account_id,
            key.username,
            key.generation,
            key.role is Role.STAFF,
            key.roles,
            key.scope,
            key.api_key_id,
        )

    async def _known_key(self, api_key_id: int) -> ApiKeyCredentials | None:
        known = self._known_keys.get(api_key_id)
        if known is not None and self._is_fresh(known.asked_at):
            return known.credentials
        asked_at = self._clock()
        try:
            result = (await self._exchange.ask(GetApiKey(api_key_id))).result
        except ProblemError as problem:
            if problem.kind is UNAVAILABLE and known is not None:
                # While its account does nothing, no key is revoked; commands are judged there again.
                return known.credentials
            raise
        credentials = result if isinstance(result, ApiKeyCredentials) else None
        if len(self._known_keys) >= limits.MEMBERS_REMEMBERED_MAX:
            self._known_keys.clear()
        self._known_keys[api_key_id] = KnownApiKey(credentials, asked_at)
        return credentials

    async def _ask(self, member: Member, confirmed: Confirmed) -> Confirmed:
        asked_at = self._clock()
        try:
            result = (await self._exchange.ask(GetAccount(member.account_id))).result
        except ProblemError as problem:
            if problem.kind is UNAVAILABLE and confirmed.generation == member.generation:
                # While its account does nothing, no session ends; commands are judged there again.
                return confirmed
            raise
        asked = _NOT_CONFIRMED
        if isinstance(result, AccountResult):
            asked = Confirmed(result.generation, result.roles, asked_at)
        if len(self._confirmed) >= limits.MEMBERS_REMEMBERED_MAX:
            self._confirmed.clear()
        self._confirmed[member.account_id] = asked
        return asked

    def _is_fresh(self, asked_at: int) -> bool:
        return self._clock() - asked_at < _FRESH_US


def _with_roles(member: Member, confirmed: Confirmed) -> Member:
    return member if member.roles == confirmed.roles else structs.replace(member, roles=confirmed.roles)
