"""Owns who is let in when there is too much to do: each member's rate, and the streams that can't keep up.

Never refuses staff, who must be able to stop everything; never knows what is asked.
Called by the toolkit's decisions, before anything of a request is parsed.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import NamedTuple

from actors.machines.streams import account_stream_of_id
from resources.toolkit.http import NO_HEADERS
from resources.toolkit.limiter import Limiter
from resources.toolkit.problems import unavailable
from resources.toolkit.rates import Rates
from resources.toolkit.visitor import Member


class Limiters:
    """A limiter for each account stream. ``clock`` gives seconds, and never jumps."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._limiters: defaultdict[str, Limiter] = defaultdict(lambda: Limiter(clock))

    def of(self, account_id: int) -> Limiter:
        """The limiter of the stream that holds the account."""
        return self._limiters[account_stream_of_id(account_id)]


class Room(NamedTuple):
    """What there is room for; the exchange takes it up, the admission refuses who finds none."""

    rates: Rates
    limiters: Limiters


class MemberAdmission:
    """What a signed-in member may ask for now."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def admit(self, member: Member | None, address: str, *, reading: bool, cost: int) -> Mapping[str, str]:  # noqa: ARG002
        """429 or 503 (``ProblemError``) if this is too much now."""
        if member is None or member.staff:
            return NO_HEADERS
        self._room.rates.take(member.account_id)
        if not reading and self._room.limiters.of(member.account_id).is_full:
            raise unavailable("Nothing was done: more is asked for than can be done in time.")
        return NO_HEADERS
