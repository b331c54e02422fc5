"""Owns the tests of challenges as entries.

Never looks at who may see them.
Called by pytest.
"""

import pytest

from actors.machines.messages.answers import OrderResult
from actors.machines.messages.challenges import (
    AcceptChallenge,
    ChallengeEnded,
    DeclineChallenge,
    Offer,
    OfferChallenge,
)
from actors.machines.messages.commands import CancelOrder
from actors.machines.messages.trading_entries import ChallengeContent
from actors.machines.messages.words import ChallengeState, MarketState, Reason, Side
from actors.machines.stream import challenges, names
from actors.machines.stream.state import Moment
from actors.machines.streams import Streams
from tests.machines.stream.square import FOUR, ONE, Square

SOON = 10**6


def contents(square: Square, stream: str) -> list[ChallengeContent]:
    return [entry.content for entry in square.activity(stream) if isinstance(entry.content, ChallengeContent)]


@pytest.mark.parametrize("streams", [ONE, FOUR])
@pytest.mark.parametrize("named", [True, False])
def test_each_side_has_its_entry_in_its_own_stream_and_the_market_s(streams: Streams, *, named: bool) -> None:
    square = Square(streams)
    alice, bob = square.alice, square.bob
    offer = Offer(bob, "bob", square.time + 10**9) if named else Offer(0, None, square.time + 10**9)
    (offered,) = square.send(alice, OfferChallenge(1, 1, Side.SELL, 4_000, 10, offer))
    assert isinstance(offered, OrderResult)
    challenge = offered.order_id
    square.send(bob, AcceptChallenge(1, challenge, 1, Side.SELL, 4_000, 10))
    terms = (challenge, 1, Side.SELL, 4_000, 10)
    mine = [
        ChallengeContent("offered", *terms, bob if named else 0),
        ChallengeContent("taken", *terms, bob),
    ]
    yours = [ChallengeContent("accepted", challenge, 1, Side.BUY, 4_000, 10, alice)]
    assert contents(square, names.of_member(alice)) == mine
    assert contents(square, names.of_member(bob)) == yours
    assert sorted(contents(square, names.of_market(1)), key=lambda each: each.step) == sorted(
        mine + yours, key=lambda each: each.step
    )
    square.assert_sound()


@pytest.mark.parametrize("streams", [ONE, FOUR])
@pytest.mark.parametrize("ending", ["declined", "withdrawn", "expired", "cancelled"])
def test_one_that_ends_without_a_trade_has_an_entry_in_its_challenger_s_stream_alone(
    streams: Streams, ending: str
) -> None:
    square = Square(streams)
    alice, bob = square.alice, square.bob
    offer = Offer(bob, "bob", square.time + SOON)
    (offered,) = square.send(alice, OfferChallenge(1, 1, Side.SELL, 4_000, 10, offer))
    assert isinstance(offered, OrderResult)
    challenge = offered.order_id
    match ending:
        case "declined":
            square.send(bob, DeclineChallenge(1, challenge))
        case "withdrawn":
            square.send(alice, CancelOrder(challenge))
        case "expired":
            square.time += SOON
            square.turn(square.streams.of_market(1))
            square.deliver()
        case _:
            square.move(MarketState.CLOSED)
    terms = (challenge, 1, Side.SELL, 4_000, 10, bob)
    begun, over = ChallengeContent("offered", *terms), ChallengeContent("ended", *terms, ending)
    assert contents(square, names.of_member(alice)) == [begun, over]
    assert contents(square, names.of_member(bob)) == []
    assert contents(square, names.of_market(1)) == [begun]
    square.assert_sound()


def test_an_end_in_an_old_log_which_says_no_terms_has_no_entry() -> None:
    square = Square()
    ended = ChallengeEnded(1, 16, square.alice, ChallengeState.EXPIRED, Reason.EXPIRED)
    at = Moment("markets-0", 1, square.time)
    assert list(challenges.ended(square.social(), ended, at)) == []
