"""Owns the hashing and checking of passwords: slow on purpose, in a few threads, never too many at once.

Never keeps a password, never says which of name and password was wrong.
Called by the resources of members and sessions, and by the first start for staff.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from actors.machines import limits
from actors.processes.settings import HashingCost
from resources.toolkit.problems import unavailable

T = TypeVar("T")
_THREADS: Final = 2
# OWASP's least for Argon2id where memory is dear; "cheap" is for tests.
_HASHERS: Final = {
    "full": PasswordHasher(time_cost=2, memory_cost=19 * 1_024, parallelism=1),
    "cheap": PasswordHasher(time_cost=1, memory_cost=8, parallelism=1),
}


def hash_password(password: str, cost: HashingCost) -> str:
    """The Argon2id hash of a password; takes its time."""
    return _HASHERS[cost].hash(password)


class Passwords:
    """Hashes and checks off the event loop."""

    def __init__(self, cost: HashingCost) -> None:
        self._cost: HashingCost = cost
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="passwords")
        self._waiting = 0
        # Who doesn't exist is checked against this, so that it takes as long as a wrong password.
        self._nobodys_hash = hash_password("nobody's password", cost)

    async def hash(self, password: str) -> str:
        return await self._run(partial(hash_password, password, self._cost))

    async def matches(self, password_hash: str | None, password: str) -> bool:
        """Whether the password is the one; with no hash it takes as long and is false."""
        right = await self._run(partial(_verify, password_hash or self._nobodys_hash, password, self._cost))
        return right and password_hash is not None

    async def _run(self, work: Callable[[], T]) -> T:
        if self._waiting >= limits.HASHES_WAITING_MAX:
            raise unavailable("Too many are signing in at this moment.")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1


def _verify(password_hash: str, password: str, cost: HashingCost) -> bool:
    try:
        return _HASHERS[cost].verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
