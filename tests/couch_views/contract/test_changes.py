"""Owns the contract on ``_changes``: each document's last change, after a given one.

Never reads a sequence: it is opaque.
Called by pytest.
"""

from couch_views.json_values import Json
from tests.couch_views.contract.conftest import Answer, Couch


def changes(couch: Couch, **query: Json) -> tuple[Answer, list[Json]]:
    answer = couch.ask("GET", "_changes", **query)
    assert answer.status == 200, answer.json
    results = answer["results"]
    assert isinstance(results, list)
    return answer, [row["id"] for row in results if isinstance(row, dict)]


def test_each_document_has_its_last_change(couch: Couch) -> None:
    revision = couch.put("a", {})
    couch.put("b", {})
    couch.put("_local/c", {})
    last = couch.put("a", {"_rev": revision})
    answer, ids = changes(couch)
    assert sorted(str(identity) for identity in ids) == ["a", "b"]
    results = answer["results"]
    assert isinstance(results, list)
    revisions = {row["id"]: row["changes"] for row in results if isinstance(row, dict)}
    assert revisions["a"] == [{"rev": last}]
    assert answer["pending"] == 0


def test_changes_go_on_after_the_last_one_seen(couch: Couch) -> None:
    couch.put("a", {})
    first, _ = changes(couch)
    assert changes(couch, since=first["last_seq"])[1] == []
    couch.put("b", {})
    second, ids = changes(couch, since=first["last_seq"])
    assert ids == ["b"]
    assert changes(couch, since=second["last_seq"])[1] == []
    assert changes(couch, since="now")[1] == []
    assert len(changes(couch, since="0")[1]) == 2


def test_changes_come_in_parts(couch: Couch) -> None:
    couch.bulk(*[{"_id": f"d{place}"} for place in range(5)])
    seen: list[Json] = []
    since: Json = "0"
    for expected in (2, 2, 1):
        answer, ids = changes(couch, since=since, limit=2)
        assert (len(ids), answer["pending"] == 0) == (expected, expected == 1)
        seen += ids
        since = answer["last_seq"]
    assert sorted(str(identity) for identity in seen) == [f"d{place}" for place in range(5)]


def test_a_deletion_is_a_change(couch: Couch) -> None:
    couch.ask("DELETE", "a", rev=couch.put("a", {"x": 1}))
    answer, _ = changes(couch, include_docs=True)
    results = answer["results"]
    assert isinstance(results, list)
    [row] = [row for row in results if isinstance(row, dict)]
    assert row["deleted"] is True
    assert isinstance(row["doc"], dict)
    assert row["doc"]["_deleted"] is True


def test_a_sequence_of_another_kind_is_refused(couch: Couch) -> None:
    assert couch.ask("GET", "_changes", since="nonsense").status == 400
