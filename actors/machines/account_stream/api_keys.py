"""Owns the API keys of one account: which there are, what each is for, and until when.

Never sees a key itself: its digest is all that is known here.
Called by the account machine.

An API key is ``live`` until it is revoked or its time has passed; then it is forgotten, and never comes back.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum, unique
from typing import Final

from actors.machines import limits
from actors.machines.messages.answers import ApiKeyResult, Refused
from actors.machines.messages.commands import CreateApiKey
from actors.machines.messages.credential_events import ApiKeyCreated
from actors.machines.messages.words import Reason


@unique
class ApiKeyState(StrEnum):
    LIVE = "live"
    REVOKED = "revoked"
    EXPIRED = "expired"


TRANSITIONS: Final[Mapping[ApiKeyState | None, frozenset[ApiKeyState]]] = {
    None: frozenset({ApiKeyState.LIVE}),
    ApiKeyState.LIVE: frozenset({ApiKeyState.REVOKED, ApiKeyState.EXPIRED}),
    ApiKeyState.REVOKED: frozenset(),
    ApiKeyState.EXPIRED: frozenset(),
}


def expires(command: CreateApiKey, now: int) -> int:
    """When a key that is made now expires."""
    return now + limits.API_KEY_LIFE_US if command.expires_time is None else command.expires_time


class ApiKey:
    """One key of an account; times in microseconds since 1970."""

    __slots__ = ("api_key_id", "created_time", "digest", "expires_time", "name", "scope")

    def __init__(self, event: ApiKeyCreated) -> None:
        self.api_key_id = event.api_key_id
        self.name = event.name
        self.scope = event.scope
        self.digest = event.digest
        self.created_time = event.time
        self.expires_time = event.expires_time

    def state(self, now: int) -> ApiKeyState:
        """What it is while it is known; one that was revoked isn't."""
        return ApiKeyState.LIVE if now < self.expires_time else ApiKeyState.EXPIRED

    def result(self) -> ApiKeyResult:
        """The key as an answer shows it."""
        return ApiKeyResult(self.api_key_id, self.name, self.scope, self.created_time, self.expires_time)


class ApiKeys:
    """The keys of one account that are not revoked, oldest first."""

    __slots__ = ("_keys",)

    def __init__(self) -> None:
        self._keys: dict[int, ApiKey] = {}

    def find(self, api_key_id: int, now: int) -> ApiKey | None:
        """The live key of this id."""
        key = self._keys.get(api_key_id)
        return key if key is not None and key.state(now) is ApiKeyState.LIVE else None

    def live(self, now: int) -> Iterator[ApiKey]:
        """All live ones."""
        return (key for key in self._keys.values() if key.state(now) is ApiKeyState.LIVE)

    def refuse(self, command: CreateApiKey, now: int) -> Refused | None:
        """Why there can't be such a key; None if there can."""
        expires_time = expires(command, now)
        if expires_time <= now:
            return Refused(Reason.INVALID_EXPIRY, "This has passed already.", "expires")
        if expires_time > now + limits.API_KEY_LIFE_MAX_US:
            days = limits.API_KEY_LIFE_MAX_US // limits.DAY_US
            return Refused(Reason.INVALID_EXPIRY, f"An API key lives {days} days at most.", "expires")
        if sum(1 for _ in self.live(now)) >= limits.API_KEYS_PER_ACCOUNT_MAX:
            most = f"At most {limits.API_KEYS_PER_ACCOUNT_MAX} API keys: revoke one first."
            return Refused(Reason.LIMIT_EXCEEDED, most)
        return None

    # Evolve: total. Each gives the ids that are not known any more.

    def create(self, event: ApiKeyCreated) -> list[int]:
        """Adds a key, and forgets those whose time has passed."""
        expired = [
            key.api_key_id for key in self._keys.values() if key.state(event.time) is ApiKeyState.EXPIRED
        ]
        for api_key_id in expired:
            del self._keys[api_key_id]
        self._keys[event.api_key_id] = ApiKey(event)
        return expired

    def revoke(self, api_key_id: int) -> None:
        del self._keys[api_key_id]

    def revoke_all(self) -> list[int]:
        revoked = list(self._keys)
        self._keys.clear()
        return revoked
