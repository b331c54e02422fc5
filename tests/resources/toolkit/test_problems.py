"""Owns the tests of problem documents: their members, and what they never show.

Never tests who raises them.
Called by pytest.
"""

import orjson

from resources.toolkit.problems import (
    INVALID_FIELD,
    UNAVAILABLE,
    FieldError,
    ProblemError,
    ProblemKind,
    invalid,
    not_signed_in,
    unavailable,
)

TOO_LATE = ProblemKind("too-late", 409, "Too late")


def test_a_problem_has_the_members_of_rfc_9457_and_an_error_type() -> None:
    problem = ProblemError(TOO_LATE, "The order is filled.")
    assert problem.document == {
        "type": "urn:credence:problem:too-late",
        "title": "Too late",
        "status": 409,
        "detail": "The order is filled.",
        "error_type": "TOO_LATE",
    }


def test_a_problem_without_a_detail_says_its_title() -> None:
    assert ProblemError(TOO_LATE).document["detail"] == "Too late."


def test_a_problem_names_fields() -> None:
    problem = ProblemError(
        INVALID_FIELD, "Two things.", FieldError("price", "no"), FieldError("side", "never")
    )
    assert problem.document["errors"] == [
        {"field": "price", "message": "no"},
        {"field": "side", "message": "never"},
    ]


def test_an_invalid_field_is_named_in_the_errors_and_in_the_detail() -> None:
    document = invalid("contracts[0].name", "is missing").document
    assert document["status"] == 422
    assert document["error_type"] == "INVALID_FIELD"
    assert document["detail"] == "contracts[0].name: is missing"
    assert document["errors"] == [{"field": "contracts[0].name", "message": "is missing"}]


def test_an_invalid_field_may_have_a_kind_of_its_own() -> None:
    assert invalid("price", "no", TOO_LATE).document["error_type"] == "TOO_LATE"


def test_what_the_client_sent_is_never_quoted_at_length() -> None:
    document = invalid("x" * 100_000, "y" * 100_000).document
    assert len(orjson.dumps(document)) < 2_000


def test_who_is_not_signed_in_is_told_how() -> None:
    problem = not_signed_in("Sign in.")
    assert (problem.kind.status, problem.headers["www-authenticate"]) == (401, "Session-Token, Bearer")


def test_what_is_unavailable_can_be_asked_again() -> None:
    problem = unavailable("Later.")
    assert problem.kind is UNAVAILABLE
    assert int(problem.headers["retry-after"]) > 0
