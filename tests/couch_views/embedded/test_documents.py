"""Owns the tests of documents on their way in and out: limits, special fields, stored form.

Never repeats the refusals of the contract suite.
Called by pytest.
"""

import pytest

from couch_views.embedded import documents
from couch_views.embedded.documents import Draft, document_json, read_draft
from couch_views.embedded.errors import CouchError
from couch_views.json_values import Json, decode


def test_a_draft_keeps_the_ordinary_fields_only() -> None:
    draft = read_draft({"_id": "a", "_rev": "1-a", "_deleted": True, "_conflicts": [], "x": {"_y": 1}})
    assert draft == Draft("a", "1-a", deleted=True, body=b'{"x":{"_y":1}}')


@pytest.mark.parametrize(
    ("identity", "design", "local"),
    [
        ("a", False, False),
        ("_design/a", True, False),
        ("_local/a", False, True),
        ("design/_local/", False, False),
    ],
)
def test_the_id_tells_the_kind(identity: str, design: bool, local: bool) -> None:
    draft = read_draft({}, identity)
    assert (draft.is_design, draft.is_local) == (design, local)


@pytest.mark.parametrize(
    ("identity", "revision", "body", "deleted", "written"),
    [
        ("a", "1-a", b"{}", False, '{"_id":"a","_rev":"1-a"}'),
        ("a", "1-a", b'{"x":1}', False, '{"_id":"a","_rev":"1-a","x":1}'),
        ("a", "1-a", b'{"x":1}', True, '{"_id":"a","_rev":"1-a","_deleted":true,"x":1}'),
        ('"\\\u0000é', "1-a", b"{}", False, '{"_id":"\\"\\\\\\u0000é","_rev":"1-a"}'),
    ],
)
def test_a_document_is_written_around_its_stored_body(
    identity: str, revision: str, body: bytes, deleted: bool, written: str
) -> None:
    found = document_json(identity, revision, body, deleted=deleted)
    assert found.decode() == written
    assert decode(found) == decode(written)


def test_a_document_too_large_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "DOCUMENT_BYTES_MAX", 20)
    assert read_draft({"x": "1" * 12}, "a").body
    with pytest.raises(CouchError, match="413 document_too_large: a"):
        read_draft({"x": "1" * 13}, "a")


def test_a_document_too_deep_is_named() -> None:
    deep: Json = 1
    for _ in range(300):
        deep = [deep]
    with pytest.raises(CouchError, match="400 bad_request: Document a: Recursion limit reached"):
        read_draft({"x": deep}, "a")


@pytest.mark.parametrize("identity", ["_design/", "_local/"])
def test_a_prefix_alone_is_no_id(identity: str) -> None:
    with pytest.raises(CouchError, match=f"Illegal document id `{identity}`"):
        read_draft({"_id": identity})


def test_a_revision_in_the_query_goes_before_none_in_the_body() -> None:
    assert read_draft({}, "a", "1-a").revision == "1-a"
    assert read_draft({"_rev": "1-a"}, "a", "1-a").revision == "1-a"
    with pytest.raises(CouchError, match="different values"):
        read_draft({"_rev": "1-a"}, "a", "1-b")
