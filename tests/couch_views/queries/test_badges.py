"""Owns the tests of the reads of a member's badges.

Never judges who may see them.
Called by pytest.
"""

import pytest

from couch_views.badge_shapes import BadgeDocument, badge_document_id
from couch_views.queries.badges import badges
from tests.couch_views.shelf import Shelf


def badge(username: str, name: str, level: int) -> BadgeDocument:
    return {
        "_id": badge_document_id(username, name, level),
        "kind": "badge",
        "stream": "social-0",
        "sequence": 1,
        "account_id": "17",
        "username": username,
        "badge": name,
        "level": level,
        "entry_id": "33",
        "earned_datetime": "2026-05-17T14:00:00.000000Z",
    }


@pytest.fixture
def shelf() -> Shelf:
    made = Shelf()
    made.put(
        badge("ada", "trader", 1),
        badge("ada", "trader", 2),
        badge("ada-2", "trader", 1),
        badge("ben", "old", 1),
    )
    return made


def test_only_what_is_asked_for_is_found_in_the_order_asked(shelf: Shelf) -> None:
    found = badges(shelf, "ada", [("winner", 1), ("trader", 2), ("trader", 1), ("trader", 3)])
    assert [(each["username"], each["badge"], each["level"]) for each in found] == [
        ("ada", "trader", 2),
        ("ada", "trader", 1),
    ]
    assert badges(shelf, "nobody", [("trader", 1)]) == []
