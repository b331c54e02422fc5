"""Owns what is due when in a stream: things of its markets that end by themselves at a time.

Never reads a clock and never does what is due: the turn asks, first of all, with its record's time.
Called by the markets machine; part of its state, so nothing is forgotten by a restart or done twice.
"""

from bisect import bisect_left, insort

from actors.machines import limits


class Timers:
    """Times (microseconds since 1970) with the market and the thing in it that they are about.

    Sorted, so the next one is known and what is settled early leaves nothing behind.
    """

    __slots__ = ("waiting",)

    def __init__(self) -> None:
        self.waiting: list[tuple[int, int, int]] = []
        """Time, market, identity; soonest first."""

    @property
    def next_time(self) -> int | None:
        """When the next one is due; None: nothing waits."""
        return self.waiting[0][0] if self.waiting else None

    def due(self, time: int, count_max: int = limits.TIMERS_PER_TURN_MAX) -> list[tuple[int, int]]:
        """Market and identity of what is due at this time, in order, at most so many."""
        end = bisect_left(self.waiting, (time + 1,))
        return [(market_id, identity) for _, market_id, identity in self.waiting[: min(end, count_max)]]

    def add(self, time: int, market_id: int, identity: int) -> None:
        """Evolves: this will be due at that time."""
        insort(self.waiting, (time, market_id, identity))

    def remove(self, time: int, market_id: int, identity: int) -> None:
        """Evolves: it is done, or need not be done any more."""
        at = bisect_left(self.waiting, (time, market_id, identity))
        assert self.waiting[at : at + 1] == [(time, market_id, identity)], f"no timer of {identity} at {time}"
        del self.waiting[at]
