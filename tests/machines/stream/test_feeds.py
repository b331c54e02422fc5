"""Owns the tests of private feeds: a number for each address, never the same one twice.

Never makes an address.
Called by pytest.
"""

from actors.machines.messages.answers import SocialResult
from actors.machines.messages.feeds import FeedRenewed, FeedRevoked, RenewFeed, RevokeFeed
from actors.machines.stream.feeds import PrivateFeed
from tests.machines.stream.square import Square


def test_every_address_has_a_number_of_its_own() -> None:
    square = Square()
    assert square.told(square.alice, RenewFeed()) == SocialResult(1)
    assert square.told(square.alice, RenewFeed()) == SocialResult(2)
    assert square.told(square.bob, RenewFeed()) == SocialResult(1)
    assert square.told(square.alice, RevokeFeed()) == SocialResult()
    assert square.social().feeds[square.alice] == PrivateFeed(2, active=False)
    assert square.told(square.alice, RenewFeed()) == SocialResult(3)
    assert square.social().feeds[square.alice] == PrivateFeed(3, active=True)
    assert len(square.written(FeedRenewed)) == 4
    square.assert_sound()


def test_what_is_not_there_can_t_be_revoked() -> None:
    square = Square()
    assert square.told(square.alice, RevokeFeed()) == SocialResult()
    square.told(square.alice, RenewFeed())
    square.told(square.alice, RevokeFeed())
    assert square.told(square.alice, RevokeFeed()) == SocialResult()
    assert square.written(FeedRevoked) == [FeedRevoked(square.alice)]
    square.assert_sound()
