"""Owns the tests of challenges as entries.

Never looks at who may see them.
Called by pytest.
"""

import pytest

from actors.machines.messages.answers import OrderResult
from actors.machines.messages.challenges import AcceptChallenge, Offer, OfferChallenge
from actors.machines.messages.trading_entries import ChallengeContent
from actors.machines.messages.words import Side
from actors.machines.stream import names
from actors.machines.streams import Streams
from tests.machines.stream.square import FOUR, ONE, Square


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
