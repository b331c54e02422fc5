"""Owns the cases of private feeds: renewed, and revoked.

Never makes an address.
Called by pytest.
"""

from actors.machines.messages.feeds import FeedRenewed, FeedRevoked
from couch_views.shapes import document_id
from tests.couch_views.projection.records import at, fields, project

SECOND = 1_000_000


def test_an_address_is_a_number() -> None:
    assert project([FeedRenewed(16, 1, SECOND)], stream="social-0") == {
        "feed00000000000000000016": {
            "_id": document_id("feed", 16),
            "kind": "feed",
            "stream": "social-0",
            "sequence": 1,
            "account_id": "16",
            "generation": 1,
            "active": True,
            "created_datetime": at(1),
        }
    }


def test_another_one_takes_its_place_until_it_is_revoked() -> None:
    renewed = [FeedRenewed(16, 1, SECOND)], [FeedRenewed(16, 2, 2 * SECOND)]
    (feed,) = project(*renewed, stream="social-0").values()
    assert fields(feed, ["generation", "active", "created_datetime"]) == {
        "generation": 2,
        "active": True,
        "created_datetime": at(2),
    }
    (feed,) = project(*renewed, [FeedRevoked(16)], stream="social-0").values()
    assert fields(feed, ["generation", "active"]) == {"generation": 2, "active": False}
