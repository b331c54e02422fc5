"""Owns the tests of which activity stream decides a member's command.

Never sends one.
Called by pytest.
"""

from actors.machines.messages.following import Follow
from actors.machines.social_routes import activity_of


def test_what_a_member_follows_is_their_own_affair() -> None:
    assert activity_of(Follow("market/1"), 17) == "member/17"
