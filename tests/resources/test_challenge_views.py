"""Owns the table of what somebody sees of a challenge.

Never sends a request.
Called by pytest.
"""

import pytest

from couch_views.challenge_shapes import ChallengeDocument
from couch_views.relation_shapes import block_document_id
from resources.challenge_links import ChallengeLinks
from resources.challenge_views import FIELDS, as_seen_by, may_challenge
from resources.toolkit.visitor import Member
from tests.couch_views.shelf import Shelf, challenge_document

LINKS = ChallengeLinks(b"a secret of the tests only")
KEY = LINKS.key_of(33)
ADA, BEN, CLEO = (Member(number, f"member{number}", 1, False) for number in (16, 17, 32))
NAMED = challenge_document(33, "offered", 16, 17)
OPEN = challenge_document(33, "offered", 16, None)
TAKEN = challenge_document(33, "accepted", 16, None, 17)
HIDDEN = {"challenger_id", "opponent_id", "acceptor_id", "_id", "kind", "stream", "sequence"}


@pytest.mark.parametrize(
    ("document", "visitor", "key", "seen"),
    [
        (NAMED, ADA, None, "all"),
        (NAMED, BEN, None, "all"),
        (NAMED, CLEO, None, ""),
        (NAMED, None, None, ""),
        (NAMED, CLEO, KEY, ""),
        (OPEN, ADA, None, "all and the link"),
        (OPEN, BEN, None, ""),
        (OPEN, BEN, KEY, "what is offered"),
        (OPEN, None, KEY, "what is offered"),
        (OPEN, BEN, LINKS.key_of(34), ""),
        (TAKEN, ADA, None, "all and the link"),
        (TAKEN, BEN, None, "all"),
        (TAKEN, CLEO, KEY, "what is offered"),
        (TAKEN, CLEO, None, ""),
        (None, ADA, KEY, ""),
    ],
)
def test_who_sees_what(
    document: ChallengeDocument | None, visitor: Member | None, key: str | None, seen: str
) -> None:
    shown = as_seen_by(document, visitor, key, LINKS)
    if document is None or not seen:
        assert shown is None
        return
    assert shown is not None
    assert not shown.keys() & HIDDEN
    assert shown.keys() - {"link"} == {*FIELDS}
    assert ("link" in shown) == (seen == "all and the link")
    of_the_two = (shown["acceptor"], shown["execution"])
    assert of_the_two == (
        (None, None) if seen == "what is offered" else (document["acceptor"], document["execution"])
    )


@pytest.mark.parametrize(
    ("blocks", "may"),
    [
        ([], True),
        ([(16, 17, True)], False),
        ([(17, 16, True)], False),
        ([(16, 17, False), (16, 32, True)], True),
    ],
)
def test_who_has_blocked_somebody_is_not_challenged_by_them(
    blocks: list[tuple[int, int, bool]], may: bool
) -> None:
    shelf = Shelf()
    shelf.put(
        *(
            {"_id": block_document_id(one, other), "kind": "block", "active": active}
            for one, other, active in blocks
        )
    )
    assert may_challenge(shelf, 16, 17) is may
