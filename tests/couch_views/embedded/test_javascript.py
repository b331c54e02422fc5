"""Owns the tests of the map functions' runner: what it survives, and what it says then.

Never stores rows.
Called by pytest.
"""

import logging

import pytest

from couch_views.embedded import javascript
from couch_views.embedded.javascript import MapError, Maps
from couch_views.json_values import Json, encode

BY_X = "function (doc) { emit(doc.x, null); }"


def run(*sources: str, documents: list[Json]) -> list[list[javascript.Emitted]]:
    return Maps(sources).run([encode(document) for document in documents])


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits that are reached soon."""
    monkeypatch.setattr(javascript, "BATCH_TIME_S_MAX", 0.05)
    monkeypatch.setattr(javascript, "DOCUMENT_TIME_S_MAX", 0.05)
    monkeypatch.setattr(javascript, "MEMORY_BYTES_MAX", 4_000_000)


def test_each_map_sees_each_document() -> None:
    twice = "function (doc) { emit(doc.x, 1); emit(doc.x, 2); }"
    assert run(BY_X, twice, documents=[{"x": 1}, {"x": "é\0"}]) == [
        [[[1, None]], [[1, 1], [1, 2]]],
        [[["é\0", None]], [["é\0", 1], ["é\0", 2]]],
    ]
    assert run(BY_X, documents=[]) == []


def test_an_exception_skips_one_document_in_one_map(caplog: pytest.LogCaptureFixture) -> None:
    found = run(BY_X, "function (doc) { emit(0, 0); doc.a.b; }", documents=[{"x": 1}, {"x": 2, "a": {}}])
    assert found == [[[[1, None]], []], [[[2, None]], [[0, 0]]]]
    [record] = caplog.records
    assert record.levelno == logging.WARNING
    assert "map function 1: TypeError" in record.getMessage()
    assert '{"x":1}' in record.getMessage()


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("evil", "reason"),
    [
        ("while (true) {}", "interrupted"),
        ("var all = []; while (true) { all.push('x' + all.length); }", "map function 0"),
        ("(function f() { f(); })();", "stack overflow"),
        ("emit('\\ud800', null);", "surrogate"),
        ("var deep = []; for (var i = 0; i < 5000; i++) { deep = [deep]; } emit(deep, null);", ""),
    ],
)
def test_a_document_that_breaks_a_limit_is_skipped_alone(
    evil: str, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    maps = Maps([f"function (doc) {{ if (doc.evil) {{ {evil} }} emit(doc.x, null); }}"])
    documents: list[Json] = [{"x": 1}, {"x": 2, "evil": True}, {"x": 3}]
    for _ in range(2):
        found = maps.run([encode(document) for document in documents])
        assert found == [[[[1, None]]], [[]], [[[3, None]]]]
    assert reason in caplog.text
    assert '"evil":true' in caplog.text


@pytest.mark.parametrize(
    "source", ["", "1", "function (doc) {", "emit(1, 1)", "null", "function (doc) { ] }"]
)
def test_what_is_no_function_is_refused(source: str) -> None:
    with pytest.raises(MapError, match="Error"):
        Maps([source])


@pytest.mark.parametrize("ending", ["", ";", " ;\n", "\n// a remark", "\n/* a remark; */"])
def test_a_function_may_end_as_in_a_file(ending: str) -> None:
    assert run(BY_X + ending, documents=[{"x": 1}]) == [[[[1, None]]]]


def test_maps_do_not_reach_the_runner() -> None:
    meddling = "function (doc) { emit = rows = maps = null; }"
    assert run(meddling, BY_X, documents=[{"x": 1}, {"x": 2}]) == [[[], [[1, None]]], [[], [[2, None]]]]
    with pytest.raises(MapError):
        Maps(["function (doc) {}; couchMap = null"])
