"""Owns which address of a private feed is a member's now, if any: by its number, never the address itself.

Never gives a number twice: an address that was revoked stays so.
Called through the social machine's table.
"""

from typing import TYPE_CHECKING, Final, NamedTuple

from actors.machines.messages.answers import SocialResult
from actors.machines.messages.feeds import FeedRenewed, FeedRevoked, RenewFeed, RevokeFeed
from actors.machines.messages.posted import Instruct
from actors.machines.stream.slice import Decided, Slice

if TYPE_CHECKING:
    from actors.machines.stream.state import SocialState


class PrivateFeed(NamedTuple):
    """How many addresses a member has had, and whether the last one still is one."""

    generation: int
    active: bool


NONE: Final = PrivateFeed(0, active=False)


def renew(state: "SocialState", instruct: Instruct, _: RenewFeed, time: int) -> Decided:
    """Answered with the new address's generation."""
    generation = state.feeds.get(instruct.account_id, NONE).generation + 1
    return Decided((FeedRenewed(instruct.account_id, generation, time),), SocialResult(generation))


def revoke(state: "SocialState", instruct: Instruct, _: RevokeFeed, _time: int) -> Decided:
    if not state.feeds.get(instruct.account_id, NONE).active:
        return Decided((), SocialResult())
    return Decided((FeedRevoked(instruct.account_id),), SocialResult())


def renewed(state: "SocialState", event: FeedRenewed) -> None:
    state.feeds[event.account_id] = PrivateFeed(event.generation, active=True)


def revoked(state: "SocialState", event: FeedRevoked) -> None:
    state.feeds[event.account_id] = state.feeds[event.account_id]._replace(active=False)


SLICE: Final = Slice(
    takes={RenewFeed: renew, RevokeFeed: revoke},
    evolves={FeedRenewed: renewed, FeedRevoked: revoked},
)
