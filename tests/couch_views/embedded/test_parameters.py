"""Owns the tests of query parameters: where they may stand, and which is named when it is wrong.

Never repeats what the contract suite asks of whole queries.
Called by pytest.
"""

import pytest

from couch_views.embedded.errors import CouchError
from couch_views.embedded.parameters import (
    ABSENT,
    Options,
    check_options,
    check_range,
    parse_query,
    read_object,
    read_options,
    read_positive,
)


@pytest.mark.parametrize(
    ("query", "options"),
    [
        ("", Options()),
        ("key=null", Options(startkey=None, endkey=None)),
        ("startkey=%22a%22&start_key_doc_id=5", Options(startkey="a", startkey_docid="5")),
        ("endkey=[1,{}]&endkey_docid=true", Options(endkey=[1, {}], endkey_docid="true")),
        ("keys=[1,%22a%22]&limit=3&skip=2", Options(keys=[1, "a"], limit=3, skip=2)),
        ("descending=true&inclusive_end=false", Options(descending=True, inclusive_end=False)),
        ("reduce=false&include_docs=true", Options(reduce=False, include_docs=True)),
        ("group=true&group_level=0", Options(group=True, group_level=0)),
        ("stale=ok&update=lazy&stable=true&_=123", Options()),
        ("limit=1&limit=2", Options(limit=2)),
    ],
)
def test_a_query_string_is_read(query: str, options: Options) -> None:
    assert read_options(parse_query(query)) == options


def test_the_query_string_goes_before_the_body() -> None:
    options = read_options(parse_query("limit=1"), b'{"limit": 2, "start_key": [1], "startkey_docid": "x"}')
    assert options == Options(limit=1, startkey=[1], startkey_docid="x")


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("limit=x", "limit"),
        ("limit=1.5", "limit"),
        ("limit=true", "limit"),
        ("limit=99999999999999999999", "limit"),
        ("skip=-1", "skip"),
        ("group_level=a", "group_level"),
        ("descending=1", "descending"),
        ("reduce=maybe", "reduce"),
        ("include_docs=", "include_docs"),
        ("keys=1", "keys"),
        ("startkey=a", "startkey"),
        ("key=NaN", "key"),
        ("key=" + "[" * 300 + "]" * 300, "key"),
        ("keys=[1]&startkey=1", "keys"),
    ],
)
def test_a_wrong_parameter_is_named(query: str, message: str) -> None:
    with pytest.raises(CouchError, match=message) as caught:
        read_options(parse_query(query))
    assert caught.value.status == 400


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"startkey": ' + b"[" * 300 + b"]" * 300 + b"}"])
def test_a_wrong_body_is_refused(body: bytes) -> None:
    with pytest.raises(CouchError, match="400 bad_request"):
        read_options({}, body)


def test_a_docid_in_a_body_is_a_text() -> None:
    with pytest.raises(CouchError, match="startkey_docid"):
        read_options({}, b'{"startkey_docid": 5}')


def test_a_body_of_many_brackets_is_refused() -> None:
    with pytest.raises(CouchError, match="invalid UTF-8 JSON"):
        read_object(b"[" * 100_000)


@pytest.mark.parametrize(
    ("options", "reducing", "refused"),
    [
        (Options(), False, None),
        (Options(group=True), True, None),
        (Options(group_level=0), False, None),
        (Options(group_level=1), False, "grouping"),
        (Options(reduce=True), False, "map-only"),
        (Options(include_docs=True), True, "include_docs"),
        (Options(keys=[1, 2]), True, "group=true"),
        (Options(keys=[1, 2], group=True), True, None),
    ],
)
def test_options_that_contradict_each_other(options: Options, reducing: bool, refused: str | None) -> None:
    if refused is None:
        check_options(options, reducing=reducing, reducible=reducing)
    else:
        with pytest.raises(CouchError, match=refused):
            check_options(options, reducing=reducing, reducible=reducing)


@pytest.mark.parametrize(
    ("options", "refused"),
    [
        (Options(), None),
        (Options(startkey=2), None),
        (Options(startkey=1, endkey=2), None),
        (Options(startkey=1, endkey=1, startkey_docid="b", endkey_docid="a"), None),
        (Options(startkey=2, endkey=1), "descending=true"),
        (Options(startkey=1, endkey=2, descending=True), "descending=false"),
    ],
)
def test_a_range_goes_in_its_direction(options: Options, refused: str | None) -> None:
    if refused is None:
        check_range(options)
    else:
        with pytest.raises(CouchError, match=refused):
            check_range(options)


@pytest.mark.parametrize("body", [b"", b"{}", b"0", b"-1", b"1.5", b"true", b'"5"', b"9007199254740993"])
def test_a_positive_number_is_nothing_else(body: bytes) -> None:
    with pytest.raises(CouchError, match="400 bad_request"):
        read_positive(body)


def test_no_key_is_not_the_key_null() -> None:
    assert Options().startkey is ABSENT
    assert Options(startkey=None) != Options()
