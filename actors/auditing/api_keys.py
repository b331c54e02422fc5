"""Owns the rule on API keys: who trades by one holds it, it is live, and it is for trading.

Never sees a key itself, or its digest: that is the web's to check.
Called by the audit of account streams.
"""

from actors.auditing.breaches import Findings, Rule
from actors.machines.messages.credential_events import ApiKeyCreated, ApiKeyRevoked, PasswordChanged
from actors.machines.messages.events import (
    RequestOpened,
)
from actors.machines.messages.words import Scope
from actors.machines.streams import account_stream_of_id


class ApiKeysAudit:
    """The API keys of one account stream."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._live: dict[int, dict[int, ApiKeyCreated]] = {}
        """Accounts -> their keys that are not revoked."""
        self._last = 0

    def created(self, event: ApiKeyCreated) -> None:
        api_key_id = event.api_key_id
        if api_key_id <= self._last or account_stream_of_id(api_key_id) != self._findings.stream:
            self._findings.add(Rule.IDENTITY, f"API key {api_key_id} comes after {self._last}")
        self._last = max(self._last, api_key_id)
        keys = self._live.get(event.account_id, {})
        # Those that have expired are of no use any more.
        live = {known: key for known, key in keys.items() if event.time < key.expires_time}
        self._live[event.account_id] = {**live, api_key_id: event}

    def revoked(self, event: ApiKeyRevoked) -> None:
        if self._live.get(event.account_id, {}).pop(event.api_key_id, None) is None:
            self._add(f"API key {event.api_key_id} is revoked, and account {event.account_id} has none")

    def password_changed(self, event: PasswordChanged) -> None:
        if not event.api_keys_kept:
            self._live.pop(event.account_id, None)

    def opened(self, event: RequestOpened) -> None:
        """A request that came by an API key."""
        key = self._live.get(event.account_id, {}).get(event.api_key_id)
        request = f"request {event.request_id} of account {event.account_id}"
        if key is None:
            self._add(f"{request} came by an API key that it has not: {event.api_key_id}")
        elif event.time >= key.expires_time:
            self._add(f"{request} came by an API key that has expired: {event.api_key_id}")
        elif key.scope is not Scope.TRADE:
            self._add(f"{request} came by an API key that is to {key.scope}: {event.api_key_id}")

    def _add(self, what: str) -> None:
        self._findings.add(Rule.API_KEY, what)
