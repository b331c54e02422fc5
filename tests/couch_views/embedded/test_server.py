"""Owns the tests of the routes: paths, methods, sizes, and failures that are answers.

Never repeats the contract suite.
Called by pytest.
"""

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from couch_views.embedded import server as server_module
from couch_views.embedded.server import EmbeddedServer
from couch_views.embedded.store import FILE_NAME
from couch_views.json_values import decode


@pytest.fixture
def server() -> Iterator[EmbeddedServer]:
    opened = EmbeddedServer(None, writer=True)
    opened.handle("PUT", "/db", "", {}, b"")
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "", 200),
        ("GET", "/", 200),
        ("HEAD", "/", 200),
        ("POST", "/", 405),
        ("GET", "/_all_dbs", 200),
        ("PUT", "/_all_dbs", 405),
        ("GET", "/db", 200),
        ("GET", "/db/", 200),
        ("PATCH", "/db", 405),
        ("GET", "/db/_design", 400),
        ("GET", "/db/_local", 400),
        ("GET", "/db/_unknown", 400),
        ("GET", "/db/a/b", 404),
        ("GET", "/db/_design/d/_list/a/b", 404),
        ("DELETE", "/db/_design/d/_view/v", 405),
        ("GET", "/db/_bulk_docs", 405),
        ("GET", "/db/_ensure_full_commit", 405),
        ("POST", "/db/_changes", 405),
    ],
)
def test_each_path_has_its_methods(server: EmbeddedServer, method: str, path: str, status: int) -> None:
    answered, headers, body = server.handle(method, path, "", {}, b"")
    assert answered == status
    assert headers["content-type"] == "application/json"
    assert body == b"" if method == "HEAD" else decode(body) is not None
    assert ("allow" in headers) == (status == 405)


@pytest.mark.parametrize(
    ("query", "status"),
    [("feed=normal", 200), ("feed=continuous", 501), ("descending=true", 501), ("limit=x", 400)],
)
def test_changes_come_in_one_form(server: EmbeddedServer, query: str, status: int) -> None:
    assert server.handle("GET", "/db/_changes", query, {}, b"")[0] == status


def test_replication_is_not_there(server: EmbeddedServer) -> None:
    status, _, body = server.handle("POST", "/db/_bulk_docs", "", {}, b'{"docs":[],"new_edits":false}')
    assert (status, b"not_implemented" in body) == (501, True)


def test_a_body_too_large_is_refused(server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "BODY_BYTES_MAX", 10)
    assert server.handle("PUT", "/db/a", "", {}, b'{"x":12345}')[0] == 413
    assert server.handle("PUT", "/db/a", "", {}, b'{"x":1234}')[0] == 201


@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b'{"x":' * 100_000, b'{"x":1e999}', b'{"x":"\xff"}', b'{"x":"\\ud800"}', b"\x00"]
)
def test_json_that_is_none_is_refused(server: EmbeddedServer, body: bytes) -> None:
    for method, path in (
        ("PUT", "/db/a"),
        ("POST", "/db"),
        ("POST", "/db/_bulk_docs"),
        ("POST", "/db/_all_docs"),
    ):
        status, _, answer = server.handle(method, path, "", {}, body)
        assert (status, b"bad_request" in answer) == (400, True)


def test_an_old_revision_is_not_kept(server: EmbeddedServer) -> None:
    _, headers, _ = server.handle("PUT", "/db/a", "", {}, b"{}")
    first = headers["etag"].strip('"')
    server.handle("PUT", "/db/a", f"rev={first}", {}, b"{}")
    assert server.handle("GET", "/db/a", f"rev={first}", {}, b"")[0] == 404


def test_a_broken_file_is_an_answer(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    opened = EmbeddedServer(tmp_path, writer=True)
    opened.handle("PUT", "/db", "", {}, b"")
    connection = sqlite3.connect(tmp_path / FILE_NAME)
    connection.execute("DROP TABLE documents")
    connection.close()
    status, _, body = opened.handle("GET", "/db/a", "", {}, b"")
    assert (status, decode(body)) == (
        500,
        {"error": "internal_server_error", "reason": "no such table: documents"},
    )
    assert "failed in SQLite" in caplog.text
    opened.close()


def test_any_thread_may_use_the_memory(server: EmbeddedServer) -> None:
    statuses: list[int] = []

    def write(name: str) -> None:
        statuses.extend(server.handle("PUT", f"/db/{name}{place}", "", {}, b"{}")[0] for place in range(20))

    threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [201] * 80


SEGMENTS = st.sampled_from(
    ["db", "a", "_design", "_local", "_view", "_all_docs", "_bulk_docs", "_changes", "%ff", "%00"]
)
PATHS = st.lists(SEGMENTS, max_size=5).map(lambda segments: "/" + "/".join(segments))
QUERIES = st.dictionaries(
    st.sampled_from(["key", "keys", "startkey", "limit", "skip", "rev", "since", "group", "descending"]),
    st.sampled_from(["1", "-1", "true", "[]", "[1]", '"a"', "{}", "null", "1-a", "x", ""]),
    max_size=3,
).map(lambda parameters: "&".join(f"{name}={value}" for name, value in parameters.items()))
BODIES = st.sampled_from(
    [b"", b"{}", b"[]", b"1", b'{"docs":[{}]}', b'{"docs":[1]}', b'{"keys":["a"]}', b'{"_id":1}']
)


@given(st.sampled_from(["GET", "HEAD", "PUT", "POST", "DELETE"]), PATHS, QUERIES, BODIES)
def test_no_request_fails(method: str, path: str, query: str, body: bytes) -> None:
    opened = EmbeddedServer(None, writer=True)
    opened.handle("PUT", "/db", "", {}, b"")
    status, _, answer = opened.handle(method, path, query, {}, body)
    assert status in (200, 201, 400, 404, 405, 409, 412)
    assert not answer or decode(answer) is not None
    opened.close()
