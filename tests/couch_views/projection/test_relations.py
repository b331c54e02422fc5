"""Owns the cases of follows, blocks, mutes and privacy settings: what of each remains in documents.

Never stores a document.
Called by pytest.
"""

import pytest

from actors.machines.messages.events import Event
from actors.machines.messages.following import (
    Blocked,
    BlockNoted,
    Followed,
    Muted,
    PrivacyChanged,
    PrivacyChoice,
    Unblocked,
    Unfollowed,
    Unmuted,
)
from actors.machines.messages.social_words import Audience, Detail, PrivacyKind
from couch_views.relation_shapes import (
    block_document_id,
    follow_document_id,
    mute_document_id,
    privacy_document_id,
)
from tests.couch_views.projection.records import at, project

STREAM = "social-0"
ORDER, FILL = PrivacyKind.ORDER, PrivacyKind.FILL


def test_a_follow_is_a_document_that_stays_when_it_is_over() -> None:
    identity = "follow00000000000000000016market00000000000000000003"
    assert identity == follow_document_id(16, "market/3")
    followed = project([Followed(16, "ada", "market/3", 1_000_000)], stream=STREAM)
    assert followed == {
        identity: {
            "_id": identity,
            "kind": "follow",
            "stream": STREAM,
            "sequence": 1,
            "account_id": "16",
            "username": "ada",
            "followed": "market",
            "followed_id": "3",
            "active": True,
            "created_datetime": at(1),
        }
    }
    ended = project([Unfollowed(16, "market/3")], documents=followed, first=2, stream=STREAM)
    assert ended[identity] == {**followed[identity], "sequence": 2, "active": False}
    again = project([Followed(16, "ada", "market/3", 3_000_000)], documents=ended, first=3, stream=STREAM)
    assert again[identity] == {**followed[identity], "sequence": 3, "created_datetime": at(3)}


@pytest.mark.parametrize(
    ("begin", "end", "identity", "kind"),
    [
        (Blocked(16, 32, 1_000_000), Unblocked(16, 32), block_document_id(16, 32), "block"),
        (Muted(16, 32, 1_000_000), Unmuted(16, 32), mute_document_id(16, 32), "mute"),
    ],
)
def test_so_is_a_block_and_so_is_a_mute(begin: Event, end: Event, identity: str, kind: str) -> None:
    begun = project([begin], stream=STREAM)
    assert begun == {
        identity: {
            "_id": identity,
            "kind": kind,
            "stream": STREAM,
            "sequence": 1,
            "account_id": "16",
            "other_account_id": "32",
            "active": True,
            "created_datetime": at(1),
        }
    }
    ended = project([end], documents=begun, first=2, stream=STREAM)
    assert ended[identity] == {**begun[identity], "sequence": 2, "active": False}
    assert project([begin, end, begin], stream=STREAM)[identity] == begun[identity]


def test_who_was_blocked_has_no_document_of_it() -> None:
    assert project([BlockNoted(32, 16, ended=False)], stream=STREAM) == {}


def test_what_was_set_is_kept_word_by_word() -> None:
    first = PrivacyChanged(16, (PrivacyChoice(ORDER, Audience.FOLLOWERS, None),))
    second = PrivacyChanged(
        16, (PrivacyChoice(ORDER, None, Detail.SIDE), PrivacyChoice(FILL, Audience.ONLY_ME, Detail.PROFIT))
    )
    documents = project([first], [second], stream=STREAM)
    assert documents[privacy_document_id(16)] == {
        "_id": privacy_document_id(16),
        "kind": "privacy",
        "stream": STREAM,
        "sequence": 2,
        "account_id": "16",
        "settings": {
            "order": {"audience": "followers", "detail": "side"},
            "fill": {"audience": "only_me", "detail": "profit"},
        },
    }
