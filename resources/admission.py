"""Owns who is let in when there is too much to do: rates of members and addresses, streams that are late.

Never refuses staff, who must be able to stop everything; never knows what is asked, only what it costs.
Called by the toolkit's decisions, before anything of a request is parsed; by who charges for more.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from actors.machines import limits
from actors.machines.messages.commands import CancelAll, CancelOrder, CancelReference, Command
from actors.machines.streams import account_stream_of_id
from resources.toolkit.addresses import origin_of
from resources.toolkit.http import NO_HEADERS
from resources.toolkit.limiter import Limiter
from resources.toolkit.problems import unavailable
from resources.toolkit.rates import Policy, Rates
from resources.toolkit.visitor import Member

_COSTS: Final[Mapping[type[Command], int]] = {
    CancelOrder: limits.COST_CANCEL,
    CancelReference: limits.COST_CANCEL,
    CancelAll: limits.COST_CANCEL,
}
"""What costs less than a request."""


class Limiters:
    """A limiter for each account stream. ``clock`` gives seconds, and never jumps."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._limiters: defaultdict[str, Limiter] = defaultdict(lambda: Limiter(clock))

    def of(self, account_id: int) -> Limiter:
        """The limiter of the stream that holds the account."""
        return self._limiters[account_stream_of_id(account_id)]


class Room(NamedTuple):
    """What there is room for; the exchange takes it up, the admission refuses who finds none."""

    members: Rates
    addresses: Rates
    limiters: Limiters

    def charge_batch(self, member: Member, commands: tuple[Command, ...]) -> None:
        """What the operations of a batch cost beyond the request that brought them."""
        if len(commands) > 1 and not _is_exempt(member):
            cost = sum(_COSTS.get(type(command), limits.COST_REQUEST) for command in commands)
            self.members.take_more(member.account_id, max(0, cost - limits.COST_REQUEST))

    def charge_stranger(self, address: str, cost: int = limits.COST_REQUEST) -> Mapping[str, str]:
        """What somebody asks for who isn't known; 429 if it is too much from there. This machine may."""
        origin = origin_of(address)
        return NO_HEADERS if origin is None else self.addresses.take(origin, cost)


def make_room(
    member_rate_per_s: int,
    address_rate_per_s: int,
    clock_ns: Callable[[], int],
    clock_s: Callable[[], float],
) -> Room:
    """The room of one process of the web. The clocks never jump."""
    return Room(
        Rates(_policy("member", member_rate_per_s, "a member"), clock_ns),
        Rates(_policy("address", address_rate_per_s, "who isn't signed in"), clock_ns),
        Limiters(clock_s),
    )


def _policy(name: str, per_s: int, who: str) -> Policy:
    told = f"{who} may ask for {per_s} things a second"
    return Policy(name, per_s * limits.BURST_S, limits.BURST_S, told)


def _is_exempt(member: Member) -> bool:
    """Staff at work; what staff's API keys do is no work of the staff's."""
    return member.is_staff and not member.api_key_id


class RatedAdmission:
    """What somebody may ask for now."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def admit(self, member: Member | None, address: str, *, reading: bool, cost: int) -> Mapping[str, str]:
        """How much may still be asked for, as headers; 429 or 503 (``ProblemError``) if this is too much."""
        if member is None:
            return self._room.charge_stranger(address, cost)
        if _is_exempt(member):
            return NO_HEADERS
        headers = self._room.members.take(member.account_id, cost)
        if not reading and self._room.limiters.of(member.account_id).is_full:
            raise unavailable("Nothing was done: more is asked for than can be done in time.")
        return headers
