"""Owns the tests of what a social stream knows of members, events and markets.

Never looks at entries.
Called by pytest.
"""

from actors.machines.messages.commands import ChangeEvent
from actors.machines.stream import names
from actors.machines.stream.known import KnownMarket
from tests.machines.stream.square import FOUR, Square


def test_members_are_known_where_their_activity_is_owned_markets_everywhere() -> None:
    square = Square(FOUR, commission=200)
    for name in square.streams.social_names:
        known = square.social(name).known
        assert known.markets == {1: KnownMarket(1, (1, 2), 200)}
        assert known.categories == {1: "sport"}
        for account_id, username in ((square.alice, "alice"), (square.bob, "bob")):
            here = square.streams.of_activity(names.of_member(account_id)) == name
            assert (known.usernames.get(account_id) == username) == here


def test_an_event_s_category_may_change() -> None:
    square = Square()
    square.send(square.staff, ChangeEvent(1, type="football"))
    assert square.social().known.categories == {1: "football"}
