"""Owns the tests of the rule that a remembered key is not carried out again.

Never looks at what a request does.
Called by pytest.
"""

from typing import Final

import pytest

from actors.auditing.keys import UsedKeys
from actors.machines import limits
from actors.machines.messages.events import RequestOpened

DAY: Final = limits.KEY_KEPT_US
MINUTE: Final = limits.WEB_KEY_KEPT_US


def opened(account: int, key: str, time: int, *, kept: bool = True, scope: str = "POST /") -> RequestOpened:
    return RequestOpened(account, 1, scope, key, kept, "", 1, time)


def test_a_key_for_which_nothing_was_done_is_free() -> None:
    keys = UsedKeys()
    first, second, third = (opened(1, "a", time) for time in range(3))
    assert not keys.repeated(first)
    keys.free(first)
    assert not keys.repeated(second)
    keys.free(first)
    assert keys.repeated(third), "the second was not freed by what came of the first"


@pytest.mark.parametrize(
    ("second", "is_repeated"),
    [
        (opened(1, "a", 1), True),
        (opened(1, "a", DAY), True),
        (opened(1, "a", DAY + 1), False),
        (opened(1, "b", 1), False),
        (opened(2, "a", 1), False),
        (opened(1, "a", 1, scope="DELETE /"), False),
        (opened(1, "a", 1, kept=False), False),
    ],
    ids=str,
)
def test_a_key_is_the_members_for_a_scope_and_a_day(second: RequestOpened, *, is_repeated: bool) -> None:
    keys = UsedKeys()
    assert not keys.repeated(opened(1, "a", 0))
    assert keys.repeated(second) is is_repeated


@pytest.mark.parametrize(("time", "is_repeated"), [(MINUTE, True), (MINUTE + 1, False)])
def test_a_key_of_the_webs_own_is_known_for_a_minute(time: int, *, is_repeated: bool) -> None:
    keys = UsedKeys()
    keys.repeated(opened(1, "a", 0, kept=False))
    assert keys.repeated(opened(1, "a", time, kept=False)) is is_repeated


def test_what_expired_or_is_too_much_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "KEYS_KEPT_PER_ACCOUNT", 3)
    keys = UsedKeys()
    for number in range(5):
        keys.repeated(opened(1, f"{number}", number))
    assert not keys.repeated(opened(1, "1", 6))
    assert keys.repeated(opened(1, "4", 6))
    keys.repeated(opened(1, "new", 3 * DAY))
    assert [len(used) for used in keys._used.values()] == [1]
