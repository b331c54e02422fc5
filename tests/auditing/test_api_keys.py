"""Owns the tests of the rule on API keys: a lawful history with them, and falsified events.

Never looks at what is traded.
Called by pytest.
"""

import pytest
from msgspec import structs

from actors.auditing.breaches import Rule
from actors.auditing.entries import Entry
from actors.machines.messages.answers import Answer, ApiKeyResult
from actors.machines.messages.commands import CancelAll, ChangePassword, CreateApiKey, RevokeApiKey
from actors.machines.messages.credential_events import ApiKeyCreated, ApiKeyRevoked, PasswordChanged
from actors.machines.messages.events import (
    Event,
    RequestOpened,
)
from actors.machines.messages.words import Scope
from actors.machines.streams import account_stream_of_id
from tests.auditing.recorded import Change, RecordedTown, audited, doubled, fields, removed, rules

DIGEST = "0123456789abcdef" * 4


def by_key(town: RecordedTown, api_key_id: int) -> None:
    """Alice cancels all by an API key."""
    request = structs.replace(town.request_of(town.alice, CancelAll()), api_key_id=api_key_id)
    answer = town.ask(account_stream_of_id(town.alice), request)
    assert isinstance(answer, Answer)


def lived() -> list[Entry]:
    """Two keys of alice, the second revoked, the first kept when the password changes, and used after it."""
    town = RecordedTown()
    expires = town.time + 10**9
    kept, revoked = town.send(
        town.alice,
        CreateApiKey("bot", Scope.TRADE, expires, DIGEST),
        CreateApiKey("other", Scope.TRADE, expires, DIGEST),
    )
    assert isinstance(kept, ApiKeyResult)
    assert isinstance(revoked, ApiKeyResult)
    by_key(town, revoked.api_key_id)
    town.send(town.alice, RevokeApiKey(revoked.api_key_id))
    town.send(town.alice, ChangePassword("hash of alice", "new", keep_api_keys=True))
    by_key(town, kept.api_key_id)
    town.assert_sound()
    return town.entries


def falsified(kind: type, change: Change, nth: int) -> list[Entry]:
    """The history with the nth event of a kind changed, counted from its end."""
    entries = lived()
    places = [
        (at, inside)
        for at, entry in enumerate(entries)
        for inside, event in enumerate(entry.body.events)
        if type(event) is kind
    ]
    at, inside = places[nth]
    events: list[Event] = list(entries[at].body.events)
    changed = change(events[inside])
    events[inside : inside + 1] = changed if isinstance(changed, list) else [changed]
    entries[at] = entries[at]._replace(body=structs.replace(entries[at].body, events=tuple(events)))
    return entries


def test_a_lawful_history_has_no_breach() -> None:
    assert audited(lived()) == []


@pytest.mark.parametrize(
    ("kind", "nth", "change", "rule"),
    [
        (ApiKeyCreated, -2, removed, Rule.API_KEY),
        (ApiKeyCreated, -2, fields(scope=Scope.READ), Rule.API_KEY),
        (ApiKeyCreated, -2, fields(expires_time=1), Rule.API_KEY),
        (ApiKeyCreated, -2, fields(account_id=999), Rule.API_KEY),
        (ApiKeyCreated, -1, doubled, Rule.IDENTITY),
        (ApiKeyCreated, -1, fields(api_key_id=34), Rule.IDENTITY),
        (ApiKeyRevoked, -1, doubled, Rule.API_KEY),
        (PasswordChanged, -1, fields(api_keys_kept=False), Rule.API_KEY),
        (RequestOpened, -1, fields(api_key_id=999), Rule.API_KEY),
    ],
)
def test_a_falsified_event_is_found(kind: type, nth: int, change: Change, rule: Rule) -> None:
    assert rule in rules(audited(falsified(kind, change, nth)))
