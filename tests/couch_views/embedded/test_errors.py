"""Owns the tests of CouchDB's error answers.

Never tests who raises them.
Called by pytest.
"""

import pytest

from couch_views.embedded import errors
from couch_views.embedded.errors import CouchError
from couch_views.json_values import decode


@pytest.mark.parametrize(
    ("error", "status", "word"),
    [
        (errors.bad_request("why"), 400, "bad_request"),
        (errors.bad_parameter("why"), 400, "query_parse_error"),
        (errors.not_found("why"), 404, "not_found"),
        (errors.not_implemented("why"), 501, "not_implemented"),
    ],
)
def test_an_error_is_answered_in_two_words(error: CouchError, status: int, word: str) -> None:
    assert (error.status, decode(error.body())) == (status, {"error": word, "reason": "why"})
    assert str(error) == f"{status} {word}: why"


def test_a_conflict_says_what_couchdb_says() -> None:
    assert decode(errors.conflict().body()) == {"error": "conflict", "reason": "Document update conflict."}
