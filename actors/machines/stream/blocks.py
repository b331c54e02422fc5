"""Owns how members block and mute others.

Never says what anybody sees: the filter does, from documents.
Called through the social machine's table.

Who blocks decides in their own social stream; that of who is blocked is told, so that both know. Until it has
heard, it may let something through that was done at the same time.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from actors.machines import limits
from actors.machines.messages.answers import Refused, SocialResult
from actors.machines.messages.following import (
    Block,
    Blocked,
    BlockNoted,
    Mute,
    Muted,
    TellOfBlock,
    Unblock,
    Unblocked,
    Unfollowed,
    Unmute,
    Unmuted,
)
from actors.machines.messages.posted import Instruct
from actors.machines.messages.words import Reason
from actors.machines.stream import names
from actors.machines.stream.relations import Pairs, holds, put, remove
from actors.machines.stream.slice import Decided, Slice

if TYPE_CHECKING:
    from actors.machines.stream.state import SocialState

DONE: Final = SocialResult()

# Decide: change nothing.


def block(state: "SocialState", instruct: Instruct, command: Block, time: int) -> Decided | Refused:
    account_id, other = instruct.account_id, command.account_id
    if holds(state.relations.blocked, account_id, other):
        return Decided((), DONE)
    if refused := _refuse(state.relations.blocked, account_id, other, limits.BLOCKED_MAX):
        return refused
    return Decided((Blocked(account_id, other, time), *_parted(state, account_id, other)), DONE)


def unblock(state: "SocialState", instruct: Instruct, command: Unblock, _time: int) -> Decided:
    if not holds(state.relations.blocked, instruct.account_id, command.account_id):
        return Decided((), DONE)
    return Decided((Unblocked(instruct.account_id, command.account_id),), DONE)


def mute(state: "SocialState", instruct: Instruct, command: Mute, time: int) -> Decided | Refused:
    account_id, other = instruct.account_id, command.account_id
    if holds(state.relations.muted, account_id, other):
        return Decided((), DONE)
    if refused := _refuse(state.relations.muted, account_id, other, limits.MUTED_MAX):
        return refused
    return Decided((Muted(account_id, other, time),), DONE)


def unmute(state: "SocialState", instruct: Instruct, command: Unmute, _time: int) -> Decided:
    if not holds(state.relations.muted, instruct.account_id, command.account_id):
        return Decided((), DONE)
    return Decided((Unmuted(instruct.account_id, command.account_id),), DONE)


def receive(state: "SocialState", message: TellOfBlock, _time: int) -> Iterator[BlockNoted | Unfollowed]:
    yield BlockNoted(message.account_id, message.other_account_id, message.ended)
    if not message.ended:
        yield from _parted(state, message.account_id, message.other_account_id)


def _refuse(pairs: Pairs, account_id: int, other: int, most: int) -> Refused | None:
    if account_id == other:
        return Refused(Reason.NOT_ALLOWED, "Nobody does this to themselves.")
    if len(pairs.get(account_id, ())) >= most:
        return Refused(Reason.LIMIT_EXCEEDED, f"There can be {most} at most.")
    return None


def _parted(state: "SocialState", account_id: int, other: int) -> Iterator[Unfollowed]:
    """A member of this social stream does not follow the other one any more."""
    stream = names.of_member(other)
    if stream in state.following.get(account_id, {}):
        yield Unfollowed(account_id, stream)


# Evolve.


def blocked(state: "SocialState", event: Blocked) -> None:
    put(state.relations.blocked, event.account_id, event.other_account_id)


def unblocked(state: "SocialState", event: Unblocked) -> None:
    remove(state.relations.blocked, event.account_id, event.other_account_id)


def noted(state: "SocialState", event: BlockNoted) -> None:
    change = remove if event.ended else put
    change(state.relations.blocked_by, event.account_id, event.other_account_id)


def muted(state: "SocialState", event: Muted) -> None:
    put(state.relations.muted, event.account_id, event.other_account_id)


def unmuted(state: "SocialState", event: Unmuted) -> None:
    remove(state.relations.muted, event.account_id, event.other_account_id)


# Effects.


def tell(state: "SocialState", event: Blocked | Unblocked) -> Iterator[tuple[str, TellOfBlock]]:
    """The other one's social stream, which may be this one: then it is a message to itself."""
    owner = state.streams.of_activity(names.of_member(event.other_account_id))
    yield owner, TellOfBlock(event.other_account_id, event.account_id, isinstance(event, Unblocked))


SLICE: Final = Slice(
    takes={Block: block, Unblock: unblock, Mute: mute, Unmute: unmute},
    receives={TellOfBlock: receive},
    evolves={
        Blocked: blocked,
        Unblocked: unblocked,
        BlockNoted: noted,
        Muted: muted,
        Unmuted: unmuted,
    },
    effects={Blocked: tell, Unblocked: tell},
)
