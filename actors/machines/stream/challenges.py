"""Owns challenges as entries: who offered one, who accepted it, whose was taken, whose came to nothing.

Never tells what the challenger says to the opponent, and has no entry of who declined.
Called through the social machine's table.

Each side has an entry of its own, so that each is shown as far as its member lets it be. That one ended
without a trade stands in its challenger's stream alone; how it did is for the challenger: whoever else sees
the entry can't tell a challenge that was declined from one that was withdrawn or has run out.
"""

from collections.abc import Iterator
from typing import Final

from actors.machines.messages.activity import EntryAdded
from actors.machines.messages.challenges import ChallengeAccepted, ChallengeEnded, ChallengeOffered
from actors.machines.messages.trading_entries import ChallengeContent
from actors.machines.stream import names
from actors.machines.stream.slice import Slice
from actors.machines.stream.state import Moment, SocialState

Challenge = ChallengeOffered | ChallengeAccepted | ChallengeEnded


def offered(state: SocialState, event: ChallengeOffered, at: Moment) -> Iterator[EntryAdded]:
    own = (event.contract_id, event.side, event.price, event.quantity, event.offer.opponent_id)
    content = ChallengeContent("offered", event.challenge_id, *own)
    yield from _entry(state, event, event.account_id, content, at, names.of_market(event.market_id))


def accepted(state: SocialState, event: ChallengeAccepted, at: Moment) -> Iterator[EntryAdded]:
    sides = (
        ("taken", event.account_id, event.side, event.acceptor_id),
        ("accepted", event.acceptor_id, event.side.other, event.account_id),
    )
    for step, account_id, side, other_id in sides:
        own = (event.contract_id, side, event.price, event.quantity, other_id)
        content = ChallengeContent(step, event.challenge_id, *own)
        yield from _entry(state, event, account_id, content, at, names.of_market(event.market_id))


def ended(state: SocialState, event: ChallengeEnded, at: Moment) -> Iterator[EntryAdded]:
    if (was := event.offered) is not None:
        own = (was.contract_id, was.side, was.price, was.quantity, was.opponent_id)
        content = ChallengeContent("ended", event.challenge_id, *own, event.state.value)
        yield from _entry(state, event, event.account_id, content, at)


def _entry(
    state: SocialState, event: Challenge, account_id: int, content: ChallengeContent, at: Moment, *places: str
) -> Iterator[EntryAdded]:
    """In the member's own stream, and in others."""
    member = names.of_member(account_id)
    if state.is_here(member):
        yield state.activity.entry(
            content,
            at.time,
            member,
            *places,
            account_id=account_id,
            username=state.known.usernames[account_id],
            market_id=event.market_id,
            event_id=state.known.markets[event.market_id].event_id,
        )


SLICE: Final = Slice(observes={ChallengeOffered: offered, ChallengeAccepted: accepted, ChallengeEnded: ended})
