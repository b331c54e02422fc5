"""Owns the tests of the rules of revisions, as tables.

Never stores anything.
Called by pytest.
"""

import pytest

from couch_views.embedded.errors import CouchError
from couch_views.embedded.revisions import Stored, accepts, generation_of, next_local_revision, next_revision

LIVE = Stored(1, "2-b", deleted=False, emitted=None)
DELETED = Stored(1, "2-b", deleted=True, emitted=None)


@pytest.mark.parametrize(
    ("stored", "revision", "deleting", "accepted"),
    [
        (None, None, False, True),
        (None, None, True, True),
        (None, "1-a", False, False),
        (None, "1-a", True, False),
        (LIVE, None, False, False),
        (LIVE, None, True, False),
        (LIVE, "1-a", False, False),
        (LIVE, "2-b", False, True),
        (LIVE, "2-b", True, True),
        (DELETED, None, False, True),
        (DELETED, None, True, False),
        (DELETED, "1-a", False, False),
        (DELETED, "2-b", False, False),
        (DELETED, "2-b", True, False),
    ],
)
def test_which_writes_are_accepted(
    stored: Stored | None, revision: str | None, deleting: bool, accepted: bool
) -> None:
    assert accepts(stored, revision, deleting=deleting) is accepted


def test_a_revision_depends_on_all_that_came_before() -> None:
    first = next_revision(None, b"{}", deleted=False)
    revisions = [
        first,
        next_revision(None, b'{"x":1}', deleted=False),
        next_revision(None, b"{}", deleted=True),
        next_revision(first, b"{}", deleted=False),
        next_revision("1-0", b"{}", deleted=False),
    ]
    assert len(set(revisions)) == 5
    assert [generation_of(revision) for revision in revisions] == [1, 1, 1, 2, 2]
    assert next_revision(None, b"{}", deleted=False) == first


@pytest.mark.parametrize(
    "revision", ["", "1", "-a", "a-1", "1.5-a", "-1-a", "9" * 16 + "-a", "1-", "\u0661-"]
)
def test_a_revision_has_a_generation(revision: str) -> None:
    with pytest.raises(CouchError, match="Invalid rev format"):
        generation_of(revision)


@pytest.mark.parametrize(("before", "after"), [(None, "0-1"), ("0-1", "0-2"), ("0-9", "0-10")])
def test_local_revisions_count(before: str | None, after: str) -> None:
    assert next_local_revision(before) == after


def test_a_local_revision_is_a_number() -> None:
    with pytest.raises(CouchError, match="Invalid rev format"):
        next_local_revision("0-many")
