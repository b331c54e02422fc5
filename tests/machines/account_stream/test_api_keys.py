"""Owns the tests of an account's API keys: their states, and what is refused.

Never tests who uses a key.
Called by pytest.
"""

import pytest

from actors.machines import limits
from actors.machines.account_stream.api_keys import TRANSITIONS, ApiKey, ApiKeys, ApiKeyState, expires
from actors.machines.messages.answers import ApiKeyResult, Refused
from actors.machines.messages.commands import CreateApiKey
from actors.machines.messages.credential_events import ApiKeyCreated
from actors.machines.messages.words import Reason, Scope

DIGEST = "0123456789abcdef" * 4
NOW = 1_000


def created(api_key_id: int = 16, expires: int = 2_000, time: int = NOW) -> ApiKeyCreated:
    return ApiKeyCreated(7, api_key_id, "bot", Scope.READ, DIGEST, expires, time)


def asked(time: int | None) -> CreateApiKey:
    return CreateApiKey("bot", Scope.READ, time, DIGEST)


@pytest.mark.parametrize(
    ("now", "state"),
    [(NOW, ApiKeyState.LIVE), (1_999, ApiKeyState.LIVE), (2_000, ApiKeyState.EXPIRED)],
)
def test_a_key_expires_by_time_alone(now: int, state: ApiKeyState) -> None:
    key, keys = ApiKey(created()), ApiKeys()
    keys.create(created())
    assert key.state(now) is state
    assert (keys.find(16, now) is not None) is (state is ApiKeyState.LIVE)
    assert len(list(keys.live(now))) == (state is ApiKeyState.LIVE)


def test_nothing_leads_out_of_what_is_over() -> None:
    assert set(TRANSITIONS) == {None, *ApiKeyState}
    assert TRANSITIONS[None] == {ApiKeyState.LIVE}
    assert TRANSITIONS[ApiKeyState.LIVE] == {ApiKeyState.REVOKED, ApiKeyState.EXPIRED}
    assert not TRANSITIONS[ApiKeyState.REVOKED] | TRANSITIONS[ApiKeyState.EXPIRED]


def test_a_revoked_key_is_not_found_and_can_not_be_revoked_again() -> None:
    keys = ApiKeys()
    keys.create(created())
    keys.revoke(16)
    assert keys.find(16, NOW) is None
    with pytest.raises(KeyError):
        keys.revoke(16)


def test_a_new_key_makes_the_expired_ones_forgotten() -> None:
    keys = ApiKeys()
    assert keys.create(created(16, expires=2_000)) == []
    assert keys.create(created(32, expires=9_000)) == []
    assert keys.create(created(48, expires=9_000, time=2_000)) == [16]
    assert [key.api_key_id for key in keys.live(2_000)] == [32, 48]
    assert keys.revoke_all() == [32, 48]


@pytest.mark.parametrize(
    ("time", "reason"),
    [
        (None, None),
        (NOW - 1, Reason.INVALID_EXPIRY),
        (NOW, Reason.INVALID_EXPIRY),
        (NOW + 1, None),
        (NOW + limits.API_KEY_LIFE_MAX_US, None),
        (NOW + limits.API_KEY_LIFE_MAX_US + 1, Reason.INVALID_EXPIRY),
    ],
)
def test_until_when_a_key_may_live(time: int | None, reason: Reason | None) -> None:
    refused = ApiKeys().refuse(asked(time), NOW)
    assert (None if refused is None else refused.reason) is reason


def test_how_many_there_may_be() -> None:
    keys = ApiKeys()
    for number in range(limits.API_KEYS_PER_ACCOUNT_MAX):
        assert keys.refuse(asked(5_000), NOW) is None
        keys.create(created(number + 1))
    refused = keys.refuse(asked(5_000), NOW)
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.LIMIT_EXCEEDED
    assert keys.refuse(asked(5_000), 2_000) is None


def test_what_is_shown_of_a_key_holds_nothing_to_sign_in_by() -> None:
    shown = ApiKey(created()).result()
    assert shown == ApiKeyResult(16, "bot", Scope.READ, NOW, 2_000)
    assert DIGEST not in repr(shown)


def test_a_key_lives_as_long_as_usual_where_nothing_is_said() -> None:
    assert expires(asked(None), NOW) == NOW + limits.API_KEY_LIFE_US
    assert expires(asked(NOW + 1), NOW) == NOW + 1
