"""Owns the conversation of working documents with the store: reads, revisions, conflicts, the cache.

Never folds.
Called by pytest.
"""

from typing import cast

import pytest

from couch_views.client import (
    BULK_MAX,
    DocumentConflictError,
    DocumentsRefusedError,
    DocumentsUnavailableError,
    NotWritten,
    Written,
)
from couch_views.projection.held import hold
from couch_views.projection.writes import WorkingDocuments
from couch_views.shapes import Document
from tests.couch_views.projection.stores import WatchedDocuments, made


def thing(identity: str, sequence: int) -> Document:
    return Document(_id=identity, kind="thing", stream="accounts-0", sequence=sequence)


def stored(documents: WatchedDocuments) -> dict[str, object]:
    return {identity: document["sequence"] for identity, document in documents.everything().items()}


def test_what_was_written_can_be_written_again() -> None:
    store = made()
    working = WorkingDocuments(store)
    first = working.write([thing("a", 1), thing("b", 1)])
    second = working.write([{**first["a"], "sequence": 2}])
    assert stored(store) == {"a": 2, "b": 1}
    assert second["a"]["_rev"].startswith("2-")
    assert store.bulks == [["a", "b"], ["a"]]


def test_more_than_a_bulk_is_written_in_several() -> None:
    store = made()
    names = [f"a{place:05d}" for place in range(2 * BULK_MAX + 1)]
    written = WorkingDocuments(store).write([thing(name, 1) for name in names])
    assert [len(bulk) for bulk in store.bulks] == [BULK_MAX, BULK_MAX, 1]
    assert list(written) == names


@pytest.mark.parametrize(
    ("theirs", "ours", "kept"),
    [(5, 4, 5), (5, 5, 5), (5, 6, 6)],
    ids=["theirs is newer", "both have seen the same", "ours is newer"],
)
def test_of_two_writers_the_newer_stays(theirs: int, ours: int, kept: int) -> None:
    store = made()
    WorkingDocuments(store).write([thing("a", theirs)])
    written = WorkingDocuments(store).write([thing("a", ours), thing("b", ours)])
    assert stored(store) == {"a": kept, "b": ours}
    assert {identity: document["sequence"] for identity, document in written.items()} == {
        "a": kept,
        "b": ours,
    }
    again = {identity: {**document, "sequence": 9} for identity, document in written.items()}
    assert WorkingDocuments(store).write([cast("Document", document) for document in again.values()])
    assert len(store.bulks[-1]) == 2  # no conflict: the revisions were known
    assert stored(store) == {"a": 9, "b": 9}


def test_a_document_that_was_deleted_is_written_anew() -> None:
    store = made()
    written = WorkingDocuments(store).write([thing("a", 1)])["a"]
    store.bulk([{"_id": "a", "_rev": written["_rev"], "_deleted": True}])
    WorkingDocuments(store).write([{**written, "sequence": 2}])
    assert stored(store) == {"a": 2}


class Rival(WatchedDocuments):
    """Before each bulk somebody else writes an older document."""

    def bulk(self, documents: object) -> list[Written | NotWritten]:
        docs = cast("list[Document]", documents)
        current = self.get("a") or {}
        revision = {"_rev": current["_rev"]} if "_rev" in current else {}
        super().bulk([{**thing("a", 0), **revision}])
        return super().bulk(docs)


def test_a_rival_that_never_rests_is_reported() -> None:
    store = Rival()
    store.ensure_database()
    with pytest.raises(DocumentConflictError, match="keeps writing a"):
        WorkingDocuments(store).write([thing("a", 1)])


def test_a_refused_document_is_named() -> None:
    class Refusing(WatchedDocuments):
        def bulk(self, documents: object) -> list[Written | NotWritten]:
            return [NotWritten("a", "forbidden", "not here")]

    with pytest.raises(DocumentsRefusedError, match="a: forbidden: not here"):
        WorkingDocuments(Refusing()).write([thing("a", 1)])


def test_a_store_that_is_down_is_noticed() -> None:
    store = made()
    store.fail_at = 0
    with pytest.raises(DocumentsUnavailableError):
        WorkingDocuments(store).write([thing("a", 1)])


def test_documents_at_hand_are_not_read_again() -> None:
    store = made()
    working = WorkingDocuments(store)
    working.write([thing("stored", 1)])
    assert working.take(["stored", "unknown"]).keys() == {"stored"}
    assert store.reads == [["stored", "unknown"]]
    working.keep({"kept": hold(thing("kept", 3))})
    assert working.take(["kept", "stored"]).keys() == {"kept", "stored"}
    assert store.reads[1:] == [["stored"]]


def test_many_are_read_in_requests_of_a_bulks_size() -> None:
    store = made()
    WorkingDocuments(store).take([f"a{place}" for place in range(BULK_MAX + 1)])
    assert [len(read) for read in store.reads] == [BULK_MAX, 1]


def test_the_longest_unused_go_first() -> None:
    store = made()
    working = WorkingDocuments(store, cached_max=3)
    working.keep({name: hold(thing(name, 1)) for name in "abc"})
    working.keep(working.take(["a"]))
    working.keep({"d": hold(thing("d", 1))})
    assert list(working.take("abcd")) == ["a", "c", "d"]
    assert store.reads == [["b"]]


def test_one_thing_is_a_json_object() -> None:
    """What is taken from the store is what was written, with a revision."""
    store = made()
    WorkingDocuments(store).write([thing("a", 1)])
    taken = WorkingDocuments(store).take(["a"])["a"].dump()
    assert {**taken, "_rev": "any"} == {**thing("a", 1), "_rev": "any"}
