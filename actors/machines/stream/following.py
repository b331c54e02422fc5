"""Owns whom and what the members of a social stream follow.

Never adds an entry to a follower's stream: what they follow is read when they look.
Called through the social machine's table.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from actors.machines import limits
from actors.machines.messages.activity import EntryAdded
from actors.machines.messages.answers import Refused, SocialResult
from actors.machines.messages.following import Follow, FollowContent, Followed, Unfollow, Unfollowed
from actors.machines.messages.posted import Instruct
from actors.machines.messages.words import Reason
from actors.machines.stream import names
from actors.machines.stream.slice import Decided, Slice

if TYPE_CHECKING:
    from actors.machines.stream.state import Moment, SocialState

DONE: Final = SocialResult()


def follow(state: "SocialState", instruct: Instruct, command: Follow, time: int) -> Decided | Refused:
    followed = state.following.get(instruct.account_id, {})
    if command.stream in followed:
        return Decided((), DONE)
    if command.stream == names.of_member(instruct.account_id):
        return Refused(Reason.NOT_ALLOWED, "Nobody follows themselves.")
    other = names.member_of(command.stream)
    if other and state.relations.are_blocked(instruct.account_id, other):
        return Refused(Reason.NOT_ALLOWED, "One of you has blocked the other.")
    if len(followed) >= limits.FOLLOWED_MAX:
        return Refused(Reason.LIMIT_EXCEEDED, f"Nobody follows more than {limits.FOLLOWED_MAX}.")
    event = Followed(instruct.account_id, instruct.username, command.stream, time)
    return Decided((event,), DONE)


def told(state: "SocialState", event: Followed, at: "Moment") -> Iterator[EntryAdded]:
    """What of a market never changes is known by now: it was found in documents, which come later."""
    followed, _, number = event.stream.partition("/")
    market_id = int(number) if followed == names.MARKET else 0
    event_id = int(number) if followed == names.EVENT else 0
    if market_id in state.known.markets:
        event_id = state.known.markets[market_id].event_id
    yield state.activity.entry(
        FollowContent(event.stream, names.member_of(event.stream)),
        at.time,
        names.of_member(event.account_id),
        account_id=event.account_id,
        username=event.username,
        market_id=market_id,
        event_id=event_id,
    )


def unfollow(state: "SocialState", instruct: Instruct, command: Unfollow, _time: int) -> Decided:
    if command.stream not in state.following.get(instruct.account_id, {}):
        return Decided((), DONE)
    return Decided((Unfollowed(instruct.account_id, command.stream),), DONE)


def followed(state: "SocialState", event: Followed) -> None:
    state.following.setdefault(event.account_id, {})[event.stream] = None


def unfollowed(state: "SocialState", event: Unfollowed) -> None:
    del state.following[event.account_id][event.stream]


SLICE: Final = Slice(
    observes={Followed: told},
    takes={Follow: follow, Unfollow: unfollow},
    evolves={Followed: followed, Unfollowed: unfollowed},
)
