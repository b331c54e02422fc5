"""Owns how much somebody may ask for in a time: a bucket each, refilled at a constant rate.

Never knows who is asking; forgets who has been quiet.
Called by whoever lets requests in, and by what costs more than one request.

A bucket is one number: when it will be full again. Whoever has anything left may take more than that, once
(a batch), and then waits for it.
"""

import math
from collections.abc import Callable, Hashable, Mapping
from typing import Final, NamedTuple

from actors.machines import limits
from resources.toolkit.problems import THROTTLED, ProblemError

_SECOND: Final = 1_000_000_000


class Policy(NamedTuple):
    """``quota`` requests, refilled within ``window_s``; each costs ``limits.COST_REQUEST`` unless said.

    ``name`` is what the headers call it, ``told`` what is said to who has nothing left.
    """

    name: str
    quota: int
    window_s: int
    told: str


class Rates:
    """The buckets of one policy. ``clock`` gives nanoseconds, and never jumps."""

    def __init__(self, policy: Policy, clock: Callable[[], int]) -> None:
        self._policy = policy
        self._clock = clock
        self._window = policy.window_s * _SECOND
        self._parts = policy.quota * limits.COST_REQUEST
        self._header = f'"{policy.name}";q={policy.quota};w={policy.window_s}'
        self._full_at: dict[Hashable, int] = {}

    def require(self, who: Hashable, cost: int = limits.COST_REQUEST) -> None:
        """That so much can be had now, of which nothing is taken; 429 (``ProblemError``) if not."""
        wait = self._full_at.get(who, 0) + self._time_of(cost) - self._clock() - self._window
        if wait > 0:
            raise self._throttled(wait)

    def take(self, who: Hashable, cost: int = limits.COST_REQUEST) -> Mapping[str, str]:
        """Takes so much, and gives the headers that say what is left.

        429 (``ProblemError``) if there isn't a request's worth: nobody has to save up for what costs more.
        """
        self.require(who, min(cost, limits.COST_REQUEST))
        missing = self.take_more(who, cost)
        left = max(0, self._window - missing) * self._policy.quota // self._window
        resets_s = math.ceil(missing / _SECOND)
        return {
            "ratelimit-policy": self._header,
            "ratelimit": f'"{self._policy.name}";r={left};t={resets_s}',
        }

    def take_more(self, who: Hashable, cost: int) -> int:
        """Takes what something costs beyond what let it in; gives the nanoseconds until all is back."""
        now = self._clock()
        full_at = max(self._full_at.get(who, 0), now) + self._time_of(cost)
        self._full_at[who] = full_at
        if len(self._full_at) > limits.MEMBERS_REMEMBERED_MAX:
            self._forget(now)
        return full_at - now

    def _time_of(self, cost: int) -> int:
        """How long it takes until so much is there again."""
        return cost * self._window // self._parts

    def _forget(self, now: int) -> None:
        """A full bucket is as good as none; of others, those that were there first have waited longest."""
        self._full_at = {who: at for who, at in self._full_at.items() if at > now}
        while len(self._full_at) > limits.MEMBERS_REMEMBERED_MAX:
            del self._full_at[next(iter(self._full_at))]

    def _throttled(self, wait: int) -> ProblemError:
        seconds = math.ceil(wait / _SECOND)
        headers = {
            "retry-after": str(seconds),
            "ratelimit-policy": self._header,
            "ratelimit": f'"{self._policy.name}";r=0;t={seconds}',
        }
        return ProblemError(THROTTLED, f"Nothing was done: {self._policy.told}.", headers=headers)
