"""Owns the tables of how challenges are found: one, and a member's own by role and state.

Never tests paging itself: that stands with lists.
Called by pytest.
"""

import pytest

from actors.machines.messages.words import ChallengeState
from couch_views.challenge_shapes import ChallengeDocument
from couch_views.queries.challenges import ChallengeRole, challenge, challenges
from couch_views.queries.pages import QueryError
from tests.couch_views.shelf import Shelf, challenge_document, ids

ADA, BEN, CLEO = 16, 32, 48
CHALLENGES: list[ChallengeDocument] = [
    challenge_document(17, "offered", ADA, BEN),
    challenge_document(33, "declined", ADA, BEN),
    challenge_document(32, "offered", BEN, ADA),
    challenge_document(49, "offered", ADA, None),
    challenge_document(65, "accepted", ADA, None, CLEO),
    challenge_document(81, "accepted", ADA, BEN, BEN),
]
"""Each a second after the one before."""


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    shelf = Shelf()
    dated = zip(CHALLENGES, range(10, 20), strict=False)
    shelf.put(*({**each, "created_datetime": f"2026-05-17T14:00:{second}.000000Z"} for each, second in dated))
    return shelf


@pytest.mark.parametrize(
    ("account_id", "role", "states", "found"),
    [
        (ADA, None, (), [81, 65, 49, 32, 33, 17]),
        (ADA, ChallengeRole.CHALLENGER, (), [81, 65, 49, 33, 17]),
        (ADA, ChallengeRole.OPPONENT, (), [32]),
        (BEN, None, (), [81, 32, 33, 17]),
        (BEN, ChallengeRole.OPPONENT, ("offered",), [17]),
        (BEN, ChallengeRole.OPPONENT, ("accepted", "offered"), [81, 17]),
        (CLEO, None, (), [65]),
        (CLEO, ChallengeRole.CHALLENGER, (), []),
        (64, None, (), []),
    ],
)
def test_a_member_finds_those_that_they_are_in_newest_first(
    shelf: Shelf, account_id: int, role: ChallengeRole | None, states: tuple[str, ...], found: list[int]
) -> None:
    assert ids(challenges(shelf, account_id, states, role).items) == found
    assert ids(challenges(shelf, account_id, states, role, "created").items) == found[::-1]


def test_pages_follow_each_other(shelf: Shelf) -> None:
    first = challenges(shelf, ADA, limit=4)
    second = challenges(shelf, ADA, limit=4, cursor=first.next_cursor)
    assert (ids(first.items), ids(second.items), second.next_cursor) == ([81, 65, 49, 32], [33, 17], None)


def test_one_is_found_by_its_id(shelf: Shelf) -> None:
    found = challenge(shelf, 65)
    assert found is not None
    assert found["state"] == ChallengeState.ACCEPTED
    assert challenge(shelf, 66) is None


@pytest.mark.parametrize(("sort", "states", "field"), [("price", (), "sort"), (None, ("won",), "states")])
def test_what_there_is_not_is_refused(
    shelf: Shelf, sort: str | None, states: tuple[str, ...], field: str
) -> None:
    with pytest.raises(QueryError) as refused:
        challenges(shelf, ADA, states, sort=sort)
    assert refused.value.field == field
