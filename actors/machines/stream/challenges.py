"""Owns challenges as entries: who offered one, who accepted it, and whose was taken.

Never tells what the challenger says to the opponent, or how a challenge ended without a trade.
Called through the social machine's table.

Each side has an entry of its own, so that each is shown as far as its member lets it be.
"""

from collections.abc import Iterator
from typing import Final

from actors.machines.messages.activity import EntryAdded
from actors.machines.messages.challenges import ChallengeAccepted, ChallengeOffered
from actors.machines.messages.trading_entries import ChallengeContent
from actors.machines.messages.words import Side
from actors.machines.stream import names
from actors.machines.stream.slice import Slice
from actors.machines.stream.state import Moment, SocialState

Challenge = ChallengeOffered | ChallengeAccepted


def offered(state: SocialState, event: ChallengeOffered, at: Moment) -> Iterator[EntryAdded]:
    yield from _entry(state, event, "offered", event.account_id, event.side, event.offer.opponent_id, at)


def accepted(state: SocialState, event: ChallengeAccepted, at: Moment) -> Iterator[EntryAdded]:
    yield from _entry(state, event, "taken", event.account_id, event.side, event.acceptor_id, at)
    yield from _entry(state, event, "accepted", event.acceptor_id, event.side.other, event.account_id, at)


def _entry(
    state: SocialState, event: Challenge, step: str, account_id: int, side: Side, other_id: int, at: Moment
) -> Iterator[EntryAdded]:
    """In the member's own stream, and in the market's."""
    member = names.of_member(account_id)
    if state.is_here(member):
        yield state.activity.entry(
            ChallengeContent(
                step,
                event.challenge_id,
                event.contract_id,
                side,
                event.price,
                event.quantity,
                other_id,
            ),
            at.time,
            member,
            names.of_market(event.market_id),
            account_id=account_id,
            username=state.known.usernames[account_id],
            market_id=event.market_id,
            event_id=state.known.markets[event.market_id].event_id,
        )


SLICE: Final = Slice(observes={ChallengeOffered: offered, ChallengeAccepted: accepted})
