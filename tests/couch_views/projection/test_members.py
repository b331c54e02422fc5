"""Owns the cases of members: what a registration and a changed profile make of documents.

Never stores a document.
Called by pytest.
"""

from actors.machines.messages.events import ProfileChanged
from couch_views.shapes import document_id, member_document_id
from tests.couch_views.projection.records import at, project, registered


def test_a_registration_makes_a_public_and_a_private_document() -> None:
    documents = project([registered(16, "alice")])
    assert documents == {
        "member616c696365": {
            "_id": member_document_id("alice"),
            "kind": "member",
            "stream": "accounts-0",
            "sequence": 1,
            "account_id": "16",
            "username": "alice",
            "display_name": "Alice",
            "bio": "",
            "created_datetime": at(1),
        },
        "account00000000000000000016": {
            "_id": document_id("account", 16),
            "kind": "account",
            "stream": "accounts-0",
            "sequence": 1,
            "account_id": "16",
            "username": "alice",
            "currency": "PLY",
            "balance": "0.00",
            "available_balance": "0.00",
            "exposure": "0.00",
        },
    }


def test_a_changed_profile_is_the_members_only() -> None:
    before = project([registered(16, "alice"), registered(32, "bob_-2")])
    after = project([ProfileChanged(32, "bob_-2", "Bob", "I trade.")], documents=before, first=2)
    changed = {identity: document for identity, document in after.items() if before[identity] != document}
    assert changed == {
        member_document_id("bob_-2"): {
            **before[member_document_id("bob_-2")],
            "sequence": 2,
            "display_name": "Bob",
            "bio": "I trade.",
        }
    }
