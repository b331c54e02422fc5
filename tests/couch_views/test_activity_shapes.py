"""Owns the tests of how entries and activity streams are written in documents and keys.

Never tests what they hold.
Called by pytest.
"""

import pytest

from couch_views.activity_shapes import entry_document_id, place_of


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("exchange", "exchange"),
        ("member/17", "member00000000000000000017"),
        ("orders/17", "orders00000000000000000017"),
    ],
)
def test_a_stream_in_a_key(name: str, place: str) -> None:
    assert place_of(name) == place


def test_an_entry_of_several_social_streams_has_a_document_of_each() -> None:
    assert entry_document_id("social-3", 35) == "entry0000000000000000000300000000000000000035"
    assert entry_document_id("social-0", 35) != entry_document_id("social-3", 35)
