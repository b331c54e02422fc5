"""Owns the tests of problems as JSON and as XML.

Never tests which problems there are.
Called by pytest.
"""

import orjson

from resources.toolkit.media.problems import PROBLEM_JSON, PROBLEM_XML
from resources.toolkit.problems import INVALID_FIELD, FieldError, ProblemError
from tests.resources.toolkit.views import parsed_xml, view

PROBLEM = ProblemError(
    INVALID_FIELD, "price: <no> \x00", FieldError("price", "<no>"), FieldError("side", "none")
)
NAMESPACE = "{urn:ietf:rfc:7807}"


def test_a_problem_as_json() -> None:
    assert orjson.loads(PROBLEM_JSON.render(view(PROBLEM.document))) == PROBLEM.document
    assert PROBLEM_JSON.media_type == "application/problem+json"


def test_a_problem_as_xml() -> None:
    root = parsed_xml(PROBLEM_XML.render(view(PROBLEM.document)))
    assert root.tag == f"{NAMESPACE}problem"
    assert root.findtext(f"{NAMESPACE}status") == "422"
    assert root.findtext(f"{NAMESPACE}detail") == "price: <no> \ufffd"
    errors = root.findall(f"{NAMESPACE}errors/{NAMESPACE}i")
    assert [error.findtext(f"{NAMESPACE}field") for error in errors] == ["price", "side"]
