"""Owns how much each member may ask for in a time: a bucket of tokens each, refilled at a constant rate.

Never knows who a member is; forgets who has been quiet.
Called by the decisions of every request of a member, and by what costs more than one request.

A bucket is one number: when it will be full again. Whoever has anything left may take more than that, once
(a batch), and then waits for it.
"""

import math
from collections.abc import Callable
from typing import Final

from actors.machines import limits
from resources.toolkit.problems import THROTTLED, ProblemError

_SECOND: Final = 1_000_000_000
_BURST: Final = limits.MEMBER_BURST_S * _SECOND


class Rates:
    """The buckets. ``clock`` gives nanoseconds, and never jumps."""

    def __init__(self, per_s: int, clock: Callable[[], int]) -> None:
        self._per_s = per_s
        self._clock = clock
        self._full_at: dict[int, int] = {}

    def take(self, account_id: int) -> None:
        """Takes one token; 429 (``ProblemError``) if there is none."""
        full_at = self._full_at.get(account_id, 0) + _SECOND // self._per_s
        wait = full_at - self._clock() - _BURST
        if wait > 0:
            raise self._throttled(wait)
        self.take_more(account_id, 1)

    def take_more(self, account_id: int, tokens: int) -> None:
        """Takes what a request costs beyond the first token; it was let in already."""
        now = self._clock()
        full_at = max(self._full_at.get(account_id, 0), now)
        self._full_at[account_id] = full_at + tokens * _SECOND // self._per_s
        if len(self._full_at) > limits.MEMBERS_REMEMBERED_MAX:
            self._forget(now)

    def _forget(self, now: int) -> None:
        """A full bucket is as good as none; of others, those that were there first have waited longest."""
        self._full_at = {account_id: at for account_id, at in self._full_at.items() if at > now}
        while len(self._full_at) > limits.MEMBERS_REMEMBERED_MAX:
            del self._full_at[next(iter(self._full_at))]

    def _throttled(self, wait: int) -> ProblemError:
        seconds = math.ceil(wait / _SECOND)
        quota = self._per_s * limits.MEMBER_BURST_S
        headers = {
            "retry-after": str(seconds),
            "ratelimit-policy": f'"member";q={quota};w={limits.MEMBER_BURST_S}',
            "ratelimit": f'"member";r=0;t={seconds}',
        }
        detail = f"Nothing was done: a member may ask for {self._per_s} things a second."
        return ProblemError(THROTTLED, detail, headers=headers)
