"""Owns the tests of what becomes a document of a badge.

Never counts anything.
Called by pytest.
"""

from actors.machines.messages.badges import BadgeCounted, BadgeEarned
from tests.couch_views.projection.records import at, project

EARNED = BadgeEarned(17, "ada", "trader", 1, 33, 1_000_000)


def test_a_level_that_was_earned() -> None:
    (found,) = project([EARNED], stream="social-0").values()
    assert found == {
        "_id": "badge616461-747261646572-00000000000000000001",
        "kind": "badge",
        "stream": "social-0",
        "sequence": 1,
        "account_id": "17",
        "username": "ada",
        "badge": "trader",
        "level": 1,
        "entry_id": "33",
        "earned_datetime": at(1),
    }


def test_what_was_earned_before_it_was_declared() -> None:
    counted = BadgeCounted("trader", "1", earned=(EARNED, BadgeEarned(18, "ben", "trader", 2, 40, 5)))
    found = project([counted], stream="social-0")
    assert [(each["username"], each["level"]) for each in found.values()] == [("ada", 1), ("ben", 2)]  # type: ignore[typeddict-item]
