"""Owns the tests of how problems are described.

Never tests which problems there are.
Called by pytest.
"""

from resources.openapi.problems import Problems
from resources.toolkit.problems import FORGED, NOT_ALLOWED, NOT_FOUND, UNAVAILABLE


def test_problems_of_one_status_are_one_response() -> None:
    problems = Problems()
    described = problems.described([NOT_FOUND, NOT_ALLOWED, FORGED])
    assert described == {
        "403": {"$ref": "#/components/responses/forged-form-not-allowed"},
        "404": {"$ref": "#/components/responses/not-found"},
    }
    forbidden = problems.responses["forged-form-not-allowed"]
    assert forbidden["description"] == "`FORGED_FORM`: The form is not ours; `NOT_ALLOWED`: Not allowed."


def test_what_several_operations_share_is_there_once() -> None:
    problems = Problems()
    problems.described([NOT_FOUND])
    problems.described([NOT_FOUND, NOT_FOUND])
    assert set(problems.responses) == set(problems.examples) == {"not-found"}


def test_an_example_is_a_problem_as_it_is_answered() -> None:
    problems = Problems()
    problems.described([NOT_FOUND])
    assert problems.examples["not-found"]["value"] == {
        "type": "urn:credence:problem:not-found",
        "title": "Not found",
        "status": 404,
        "detail": "Not found.",
        "error_type": "NOT_FOUND",
    }


def test_a_problem_can_be_had_as_a_page_and_as_xml_too() -> None:
    problems = Problems()
    problems.described([NOT_FOUND])
    content = problems.responses["not-found"]["content"]
    assert isinstance(content, dict)
    assert list(content) == [
        "application/problem+json",
        "text/html",
        "application/xhtml+xml",
        "application/problem+xml",
    ]


def test_who_is_to_come_back_is_told_when() -> None:
    problems = Problems()
    problems.described([UNAVAILABLE])
    (described,) = problems.responses.values()
    assert described["headers"] == {"Retry-After": {"$ref": "#/components/headers/Retry-After"}}
