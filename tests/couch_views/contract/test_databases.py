"""Owns the contract on databases and on the server itself.

Never looks at documents.
Called by pytest.
"""

import uuid

import pytest

from couch_views.client import CouchServer
from tests.couch_views.contract.conftest import Answer, Couch


def test_the_server_welcomes(server: CouchServer) -> None:
    answer = Answer(*server.handle("GET", "/", "", {}, b""))
    assert (answer.status, answer["couchdb"]) == (200, "Welcome")


def test_a_database_is_made_listed_and_deleted(server: CouchServer) -> None:
    database = Couch(server, f"contract{uuid.uuid4().hex}")
    assert database.ask("HEAD").status == 404
    made = database.ask("PUT")
    assert (made.status, made.json) == (201, {"ok": True})
    assert made.headers["location"].endswith(database.name)
    assert database.ask("HEAD").status == 200
    listed = Answer(*server.handle("GET", "/_all_dbs", "", {}, b"")).json
    assert isinstance(listed, list)
    assert database.name in listed
    gone = database.ask("DELETE")
    assert (gone.status, gone.json) == (200, {"ok": True})
    assert database.ask("DELETE").status == 404


def test_a_database_is_made_once(couch: Couch) -> None:
    again = couch.ask("PUT")
    assert (again.status, again["error"]) == (412, "file_exists")
    assert again["reason"] == "The database could not be created, the file already exists."


@pytest.mark.parametrize("name", ["Upper", "1digit", "spa%20ce", "dot.s", "%C3%A9"])
def test_a_database_name_has_few_characters(server: CouchServer, name: str) -> None:
    refused = Couch(server, name).ask("PUT")
    assert (refused.status, refused["error"]) == (400, "illegal_database_name")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("GET", "a"),
        ("PUT", "a"),
        ("DELETE", "a"),
        ("GET", "_all_docs"),
        ("GET", "_changes"),
        ("GET", "_design/d/_view/v"),
        ("POST", "_bulk_docs"),
    ],
)
def test_an_unknown_database_is_named_in_the_error(server: CouchServer, method: str, path: str) -> None:
    database = Couch(server, f"contract{uuid.uuid4().hex}")
    answer = database.ask(method, path, {"docs": []} if method in ("PUT", "POST") else None)
    assert (answer.status, answer["error"]) == (404, "not_found")
    assert answer["reason"] == "Database does not exist."


def test_a_database_tells_its_counts(couch: Couch) -> None:
    empty = couch.ask("GET")
    assert (empty["db_name"], empty["doc_count"], empty["doc_del_count"]) == (couch.name, 0, 0)
    couch.put("a", {})
    revision = couch.put("b", {})
    couch.ask("DELETE", "b", rev=revision)
    couch.put("_local/c", {})
    after = couch.ask("GET")
    assert (after["doc_count"], after["doc_del_count"]) == (1, 1)
    assert after["update_seq"] != empty["update_seq"]


def test_a_method_that_is_not_there_is_refused(couch: Couch) -> None:
    answer = couch.ask("PUT", "_all_docs", {})
    assert (answer.status, answer["error"]) == (405, "method_not_allowed")
    assert "GET" in answer.headers["allow"]


def test_the_length_of_histories_can_be_set(couch: Couch) -> None:
    assert couch.ask("GET", "_revs_limit").json == 1_000
    answer = couch.ask("PUT", "_revs_limit", 2)
    assert (answer.status, answer.json) == (200, {"ok": True})
    assert couch.ask("GET", "_revs_limit").json == 2
    revision = first = couch.put("a", {"x": 0})
    for x in range(1, 6):
        revision = couch.put("a", {"x": x, "_rev": revision})
    assert revision.startswith("6-")
    assert couch.ask("PUT", "a", {"_rev": first}).status == 409
    assert couch.ask("PUT", "_revs_limit", b"many").status == 400


def test_an_empty_database_has_no_rows(couch: Couch) -> None:
    assert couch.ask("GET", "_all_docs")["total_rows"] == 0
    assert couch.ask("GET", "_all_docs").rows == []
    couch.design(x_sum="function (doc) { emit(null, 1); }")
    assert couch.view("x_sum").rows == couch.view("x_sum", reduce=False).rows == []


def test_a_full_commit_can_be_asked_for(couch: Couch) -> None:
    answer = couch.ask("POST", "_ensure_full_commit", {})
    assert (answer.status, answer["ok"]) == (201, True)
