"""Owns the tests of passwords: hashed, checked, never too many at once.

Never tests Argon2.
Called by pytest.
"""

import asyncio
import time

import pytest

from actors.machines import limits
from resources.passwords import Passwords, hash_password
from resources.toolkit.problems import ProblemError


async def test_a_password_matches_its_hash_alone() -> None:
    passwords = Passwords("cheap")
    hashed = await passwords.hash("correct horse")
    assert await passwords.matches(hashed, "correct horse")
    assert not await passwords.matches(hashed, "correct horse ")


async def test_a_hash_tells_nothing_and_is_never_the_same() -> None:
    passwords = Passwords("cheap")
    first, second = [await passwords.hash("correct horse") for _ in range(2)]
    assert first != second
    assert first.startswith("$argon2id$")
    assert "horse" not in first


async def test_who_does_not_exist_has_no_password() -> None:
    passwords = Passwords("cheap")
    assert not await passwords.matches(None, "nobody's password")
    assert not await passwords.matches("not a hash", "x")


async def test_who_does_not_exist_takes_as_long_as_a_wrong_password() -> None:
    """The work is the same: in processor time, and the quickest of several, which chance disturbs least."""
    passwords = Passwords("full")
    hashed = await passwords.hash("correct horse")

    async def quickest(password_hash: str | None) -> float:
        times = []
        for _ in range(3):
            began = time.process_time()
            await passwords.matches(password_hash, "wrong")
            times.append(time.process_time() - began)
        return min(times)

    assert await quickest(None) > 0.3 * await quickest(hashed)


def test_the_costs_differ_and_each_is_told_by_its_hash() -> None:
    assert "m=19456,t=2,p=1" in hash_password("x", "full")
    assert "m=8,t=1,p=1" in hash_password("x", "cheap")


async def test_too_many_at_once_are_told_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "HASHES_WAITING_MAX", 3)
    passwords = Passwords("cheap")
    outcomes = await asyncio.gather(*(passwords.hash("x") for _ in range(5)), return_exceptions=True)
    refused = [outcome for outcome in outcomes if isinstance(outcome, ProblemError)]
    assert [problem.kind.status for problem in refused] == [503, 503]
    assert (await passwords.hash("x")).startswith("$argon2id$")
