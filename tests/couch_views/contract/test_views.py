"""Owns the contract on views: what a map emits, the order of keys, ranges, lists of keys, documents of rows.

Never reduces.
Called by pytest.
"""

import pytest

from couch_views.json_values import Json, JsonObject, encode
from tests.couch_views.contract.conftest import Couch

IN_ORDER: list[Json] = [
    None,
    False,
    True,
    -(2**53),
    -1.5,
    -1,
    0,
    0.5,
    1,
    10,
    2**53,
    "",
    "0",
    "00",
    "1",
    "a",
    "aa",
    "b",
    [],
    [None],
    [1],
    [1, 2],
    [2],
    ["a"],
    ["a", "a"],
    ["b"],
    [[]],
    [{}],
    {},
    {"a": 1},
    {"a": 2},
    {"a": 2, "b": 1},
    {"b": 1},
    {"b": 1, "a": 1},
]


# As the documentation has it, but for ` and ^, whose place depends on the version of ICU.
SYMBOLS = "_-,;:!?.'\"()[]{}@*/\\&#%+<=>|~$"
TEXTS_IN_ORDER = [
    "",
    *SYMBOLS,
    "$a",
    *"012",
    "20",
    *(
        "a",
        "A",
        "a-b",
        "aa",
        "Aa",
        "AA",
        "abc",
        "Abc",
        "ABC",
        "abc1",
        "AbcZZZZZ",
        "b",
        "B",
        "ba",
        "bb",
        "z",
        "Z",
    ),
]


def test_texts_are_collated_as_a_dictionary_does(couch: Couch) -> None:
    couch.design(
        by_key="function (doc) { emit(doc.key, null); }", by_list="function (doc) { emit([doc.key, 1]); }"
    )
    places = reversed(list(enumerate(TEXTS_IN_ORDER)))
    couch.bulk(*[{"_id": f"{place:02d}", "key": key} for place, key in places])
    assert couch.view("by_key").column("key") == TEXTS_IN_ORDER
    assert couch.view("by_list").column("key") == [[key, 1] for key in TEXTS_IN_ORDER]
    between = couch.view("by_key", startkey='"Abc"', endkey='"AbcZZZZZ"').column("key")
    assert between == ["Abc", "ABC", "abc1", "AbcZZZZZ"]
    assert couch.view("by_key", key='"abc"').column("key") == ["abc"]


def key_text(key: Json) -> str:
    return encode(key).decode()


@pytest.fixture
def ordered(couch: Couch) -> Couch:
    couch.bulk(*[{"_id": f"{place:02d}", "key": key} for place, key in reversed(list(enumerate(IN_ORDER)))])
    couch.design(by_key="function (doc) { emit(doc.key, null); }")
    return couch


def test_keys_are_collated(ordered: Couch) -> None:
    ascending = ordered.view("by_key")
    assert ascending.column("key") == IN_ORDER
    assert ascending["total_rows"] == len(IN_ORDER)
    assert ordered.view("by_key", descending=True).column("key") == IN_ORDER[::-1]


def test_each_key_finds_itself(ordered: Couch) -> None:
    for place, key in enumerate(IN_ORDER):
        assert ordered.view("by_key", key=key_text(key)).column("id") == [f"{place:02d}"]


@pytest.mark.parametrize(("start", "end"), [(0, 5), (7, 11), (11, 20), (18, 33), (3, 3)])
def test_a_range_of_keys(ordered: Couch, start: int, end: int) -> None:
    bounds = {"startkey": key_text(IN_ORDER[start]), "endkey": key_text(IN_ORDER[end])}
    assert ordered.view("by_key", **bounds).column("key") == IN_ORDER[start : end + 1]
    assert ordered.view("by_key", inclusive_end=False, **bounds).column("key") == IN_ORDER[start:end]
    turned = {"startkey": bounds["endkey"], "endkey": bounds["startkey"], "descending": True}
    assert ordered.view("by_key", **turned).column("key") == IN_ORDER[start : end + 1][::-1]
    assert (
        ordered.view("by_key", inclusive_end=False, **turned).column("key")
        == IN_ORDER[start + 1 : end + 1][::-1]
    )


@pytest.fixture
def multiple(couch: Couch) -> Couch:
    """Documents 0..5; each emits its own id under ``even`` or ``odd`` and under ``all``."""
    couch.design(
        kinds="""function (doc) {
            emit(["all"], doc.x);
            emit([doc.x % 2 ? "odd" : "even"], doc.x);
        }"""
    )
    couch.bulk(*[{"_id": f"d{place}", "x": place} for place in range(6)])
    return couch


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"key": '["all"]'}, "012345"),
        ({"key": '["all"]', "descending": True}, "543210"),
        ({"key": '["all"]', "skip": 1, "limit": 2}, "12"),
        ({"startkey": '["all"]', "startkey_docid": "d4"}, "45024135"),
        ({"startkey": '["all"]', "start_key_doc_id": "d4", "limit": 3}, "450"),
        ({"startkey_docid": "d4", "limit": 3}, "012"),
        ({"endkey": '["even"]', "endkey_docid": "d2"}, "01234502"),
        ({"endkey": '["even"]', "end_key_doc_id": "d2", "inclusive_end": False}, "0123450"),
        ({"key": '["all"]', "startkey_docid": "d1", "endkey_docid": "d3"}, "123"),
        ({"descending": True, "startkey": '["all"]', "startkey_docid": "d2"}, "210"),
        ({"descending": True, "endkey": '["odd"]', "endkey_docid": "d3"}, "53"),
        ({"descending": True, "endkey": '["odd"]', "endkey_docid": "d3", "inclusive_end": False}, "5"),
    ],
)
def test_rows_of_one_key_are_in_the_order_of_their_ids(
    multiple: Couch, query: dict[str, Json], expected: str
) -> None:
    assert "".join(str(value) for value in multiple.view("kinds", **query).column("value")) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, "135024"),
        ({"skip": 2, "limit": 2}, "50"),
        ({"descending": True}, "420531"),
        ({"limit": 0}, ""),
    ],
)
def test_a_list_of_keys_keeps_its_order(multiple: Couch, query: dict[str, Json], expected: str) -> None:
    keys: list[Json] = [["odd"], ["none"], ["even"]]
    posted = multiple.ask("POST", "_design/d/_view/kinds", {"keys": keys}, **query)
    assert "".join(str(value) for value in posted.column("value")) == expected
    assert multiple.view("kinds", keys=keys, **query).rows == posted.rows


def test_no_keys_find_nothing(multiple: Couch) -> None:
    assert multiple.view("kinds", keys=[]).rows == []


def test_options_may_stand_in_the_body(multiple: Couch) -> None:
    path = "_design/d/_view/kinds"
    assert multiple.ask("POST", path, {"key": ["odd"], "descending": True}).column("value") == [5, 3, 1]
    assert multiple.ask("POST", path, {"key": ["odd"], "limit": 1}, limit=2).column("value") == [1, 3]


def test_rows_bring_their_documents_or_those_they_name(couch: Couch) -> None:
    couch.design(links="function (doc) { emit(doc._id, doc.to ? {_id: doc.to} : 1); }")
    couch.bulk({"_id": "a", "x": 1}, {"_id": "b", "to": "a"}, {"_id": "c", "to": "gone"})
    rows = couch.view("links", include_docs=True).rows
    target = couch.ask("GET", "a").json
    assert [row["doc"] for row in rows] == [target, target, None]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("function (doc) { emit(); }", [[None, None]]),
        ("function (doc) { emit(doc.nothing, doc.nothing); }", [[None, None]]),
        ("function (doc) { emit([doc.nothing], {a: doc.nothing, b: 1}); }", [[[None], {"b": 1}]]),
        ("function (doc) { emit(0 / 0, 1 / 0); }", [[None, None]]),
        ("function (doc) { emit(2, 'a'); emit(1, 'b'); emit(0, 'c'); }", [[0, "c"], [1, "b"], [2, "a"]]),
        ("function (doc) { emit(1, 1); doc.nothing.at.all; }", []),
        ("function (doc) { throw {forbidden: 'no'}; }", []),
        ("function (doc) { if (doc.x === 'no') { emit(1, 1); } }", []),
        ("function (doc) { emit(doc._id, doc._rev.substring(0, 2)); };", [["a", "1-"]]),
        ("function (doc) { emit(isArray(doc.list), sum(doc.list)); }", [[True, 6]]),
        ("function (doc) { emit(toJSON(doc.list), null); log('seen'); }", [["[1,2,3]", None]]),
        ("function (doc) { emit(doc.text, doc.text.length); }", [["é\U0001f600\u0000", 4]]),
    ],
)
def test_what_a_map_emits(couch: Couch, source: str, expected: list[list[Json]]) -> None:
    couch.design(view=source)
    couch.put("a", {"x": 1, "list": [1, 2, 3], "text": "é\U0001f600\u0000"})
    assert [[row["key"], row["value"]] for row in couch.view("view").rows] == expected


def test_a_document_may_emit_a_key_more_than_once(couch: Couch) -> None:
    couch.design(x_count="function (doc) { emit(1, 'a'); emit(1, 'b'); emit(1, 'b'); }")
    couch.put("a", {})
    couch.put("b", {})
    rows = couch.view("x_count", reduce=False, key=1)
    assert rows.column("id") == ["a"] * 3 + ["b"] * 3
    # In which order the rows of one key and document come is not said.
    assert sorted(str(value) for value in rows.column("value")[:3]) == ["a", "b", "b"]
    assert couch.view("x_count", key=1).column("value") == [6]


def test_numbers_are_javascripts(couch: Couch) -> None:
    couch.design(by_x="function (doc) { emit(doc.x, doc.x); }")
    couch.put("beyond", {"x": 2**53 + 1})
    couch.put("float", {"x": 1.0})
    couch.put("integer", {"x": 1})
    assert couch.view("by_x", key=1).column("id") == ["float", "integer"]
    assert couch.view("by_x", key="1.0").column("id") == ["float", "integer"]
    assert couch.view("by_x", startkey=2).column("key") == [2**53]
    assert couch.ask("GET", "beyond")["x"] == 2**53 + 1


def test_one_failing_document_does_not_hide_the_others(couch: Couch) -> None:
    couch.design(view="function (doc) { emit(doc.a.b, null); }")
    couch.bulk({"_id": "bad"}, {"_id": "good", "a": {"b": 1}})
    assert couch.view("view").column("id") == ["good"]


def test_a_view_follows_every_write(couch: Couch) -> None:
    couch.design(by_x="function (doc) { if (doc.x) { emit(doc.x, doc.y); } }")
    revision = couch.put("a", {"x": 1, "y": 1})
    couch.put("b", {"x": 1})
    assert couch.view("by_x").column("id") == ["a", "b"]
    revision = couch.put("a", {"x": 2, "y": 1, "_rev": revision})
    assert [(row["id"], row["key"]) for row in couch.view("by_x").rows] == [("b", 1), ("a", 2)]
    revision = couch.put("a", {"x": 2, "y": 5, "_rev": revision})
    assert couch.view("by_x", key=2).column("value") == [5]
    revision = couch.put("a", {"x": 0, "_rev": revision})
    assert couch.view("by_x").column("id") == ["b"]
    revision = couch.put("a", {"x": 3, "_rev": revision})
    couch.ask("DELETE", "a", rev=revision)
    answer = couch.view("by_x")
    assert (answer.column("id"), answer["total_rows"]) == (["b"], 1)


def test_staleness_may_be_asked_for(multiple: Couch) -> None:
    for query in ({"stable": True}, {"update": "false"}, {"update": "lazy"}, {"stale": "ok"}):
        assert multiple.ask("GET", "_design/d/_view/kinds", **query).status == 200


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ({"group": True}, "query_parse_error"),
        ({"group_level": 1}, "query_parse_error"),
        ({"reduce": True}, "query_parse_error"),
        ({"limit": -1}, "query_parse_error"),
        ({"startkey": "2", "endkey": "1"}, "query_parse_error"),
        ({"startkey": "1", "endkey": "2", "descending": True}, "query_parse_error"),
        ({"keys": "[1,2]", "key": "1"}, "query_parse_error"),
        ({"key": "unquoted"}, "bad_request"),
    ],
)
def test_a_wrong_parameter_is_refused(multiple: Couch, query: dict[str, Json], error: str) -> None:
    answer = multiple.ask("GET", "_design/d/_view/kinds", **query)
    assert (answer.status, answer["error"]) == (400, error)


@pytest.mark.parametrize(
    ("body", "reason"),
    [([], "Request body must be a JSON object"), ({"keys": 1}, "`keys` member must be an array.")],
)
def test_a_wrong_body_is_refused(multiple: Couch, body: Json, reason: str) -> None:
    answer = multiple.ask("POST", "_design/d/_view/kinds", body)
    assert (answer.status, answer["error"], answer["reason"]) == (400, "bad_request", reason)


def test_several_queries_are_answered_in_their_order(multiple: Couch) -> None:
    queries: list[Json] = [
        {"key": ["odd"], "descending": True},
        {"start_key": ["even"], "endkey": ["even"], "limit": 1, "include_docs": True},
        {"key": ["none"]},
    ]
    answer = multiple.ask("POST", "_design/d/_view/kinds/queries", {"queries": queries})
    assert answer.status == 200
    results = answer["results"]
    assert isinstance(results, list)
    single = [multiple.ask("POST", "_design/d/_view/kinds", query) for query in queries]
    assert [result["rows"] for result in results if isinstance(result, dict)] == [one.rows for one in single]
    assert [one.column("value") for one in single] == [[5, 3, 1], [0], []]
    assert multiple.ask("POST", "_design/d/_view/kinds/queries", {"queries": []}).json == {"results": []}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({}, "POST body must include `queries` parameter."),
        ({"queries": 1}, "`queries` parameter must be an array."),
    ],
)
def test_wrong_queries_are_refused(multiple: Couch, body: Json, reason: str) -> None:
    answer = multiple.ask("POST", "_design/d/_view/kinds/queries", body)
    assert (answer.status, answer["error"], answer["reason"]) == (400, "bad_request", reason)


def test_one_wrong_query_refuses_all(multiple: Couch) -> None:
    answer = multiple.ask("POST", "_design/d/_view/kinds/queries", {"queries": [{}, {"limit": -1}]})
    assert (answer.status, answer["error"]) == (400, "query_parse_error")


def test_queries_are_only_posted(multiple: Couch) -> None:
    assert multiple.ask("GET", "_design/d/_view/kinds/queries").status == 405
    assert multiple.ask("POST", "_design/d/_view/no/queries", {"queries": []}).status == 404


def test_an_unknown_view_is_not_found(multiple: Couch) -> None:
    assert multiple.ask("GET", "_design/d/_view/no").json == {
        "error": "not_found",
        "reason": "missing_named_view",
    }
    assert multiple.ask("GET", "_design/no/_view/no").json == {"error": "not_found", "reason": "missing"}


def test_maps_do_not_see_design_documents(couch: Couch) -> None:
    couch.design(all="function (doc) { emit(doc._id, null); }")
    document: JsonObject = {"_id": "a"}
    couch.bulk(document, {"_id": "_local/b"})
    assert couch.view("all").column("id") == ["a"]
