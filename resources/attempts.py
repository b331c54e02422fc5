"""Owns how often somebody may be wrong about a password: for each username, and from each address.

Never sees a password; tells nobody whether there is such a member: names that nobody has are counted alike.
Called by whatever checks a password.

Who knows the password is never counted. While others are wrong about it too often, nobody can sign in by it:
sessions and API keys go on working.
"""

from collections.abc import Callable

from actors.machines import limits
from resources.toolkit.addresses import origin_of
from resources.toolkit.rates import Policy, Rates


class Attempts:
    """Wrong passwords of late, as one process of the web has seen them. ``clock`` gives nanoseconds."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self._usernames = Rates(_policy("wrong-password", limits.WRONG_PASSWORDS_PER_USERNAME), clock)
        self._addresses = Rates(_policy("wrong-passwords", limits.WRONG_PASSWORDS_PER_ADDRESS), clock)

    def require_patience(self, username: str, address: str) -> None:
        """429 (``ProblemError``) if there were too many wrong ones."""
        self._usernames.require(username)
        origin = origin_of(address)
        if origin is not None:
            self._addresses.require(origin)

    def was_wrong(self, username: str, address: str) -> None:
        """Another one was."""
        self._usernames.take_more(username, limits.COST_REQUEST)
        origin = origin_of(address)
        if origin is not None:
            self._addresses.take_more(origin, limits.COST_REQUEST)


def _policy(name: str, quota: int) -> Policy:
    return Policy(name, quota, limits.WRONG_PASSWORDS_WINDOW_S, "there were too many wrong passwords")
