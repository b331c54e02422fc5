"""Owns the tests of privacy settings on their way into the log.

Never tests what they hide.
Called by pytest.
"""

import pytest

from actors.machines.messages.answers import SocialResult
from actors.machines.messages.following import ChangePrivacy, PrivacyChanged, PrivacyChoice
from actors.machines.messages.social_words import Audience, Detail, PrivacyKind
from tests.machines.stream.square import Square

ORDERS = PrivacyChoice(PrivacyKind.ORDER, Audience.FOLLOWERS, None)
FILLS = PrivacyChoice(PrivacyKind.FILL, None, Detail.PROFIT)


def test_what_a_member_chose_is_logged_as_it_was_said() -> None:
    square = Square()
    assert square.told(square.alice, ChangePrivacy((ORDERS, FILLS))) == SocialResult()
    assert square.written(PrivacyChanged) == [PrivacyChanged(square.alice, (ORDERS, FILLS))]
    square.assert_sound()


def test_a_kind_is_chosen_once() -> None:
    with pytest.raises(ValueError, match="each kind once"):
        ChangePrivacy((ORDERS, ORDERS))
