"""Owns the tests of how schemathesis's judgement is corrected.

Never tests schemathesis.
Called by pytest.
"""

import pytest
import requests
from schemathesis import Response

from tests.fuzz.judging import is_beyond_schema, is_passed_over

PROBLEM = '{{"error_type": "{}", "errors": [{{"field": "{}", "message": "{}"}}]}}'
NUMBER_FOR_TEXTS = "violates `type` at /properties/sort (was array, became number)"


def answered(content: str, url: str = "http://fuzzed.test/v3/orders/") -> Response:
    return Response(
        status_code=422,
        headers={"content-type": ["application/problem+json"]},
        content=content.encode(),
        request=requests.Request("GET", url).prepare(),
        elapsed=0,
        verify=False,
    )


@pytest.mark.parametrize(
    ("error_type", "field", "message", "beyond"),
    [
        ("INSUFFICIENT_FUNDS", "quantity", "too much", True),
        ("INVALID_FIELD", "cursor", "not one of ours", True),
        ("INVALID_FIELD", "price", "Expected `int`, got `float`", True),
        ("INVALID_FIELD", "price", "Expected `int` <= 9999", False),
        ("INVALID_FIELD", "price_ladder[0].step", "Expected `int` >= 1", False),
    ],
)
def test_a_refusal_is_excused_where_no_schema_can_say_why(
    error_type: str, field: str, message: str, beyond: bool
) -> None:
    assert is_beyond_schema(answered(PROBLEM.format(error_type, field, message))) is beyond


@pytest.mark.parametrize(
    ("components", "query", "passed_over"),
    [
        ("parameter `x` in query - unexpected property", "x=1", True),
        ("- query: violates `additionalProperties`", "x=1", True),
        ("- path: violates `anyOf` at /properties/ids", "", True),
        ("parameter `X-Credence-Min-Position` in header - incorrect type", "", True),
        ("parameter `limit` in query - violates `minimum` at /properties/limit", "limit=0", False),
        ("parameter `limit` in query - violates `minimum` at /properties/limit", "limit=", True),
        ("parameter `archive` in query - violates `type` at /properties/archive", "archive=null", True),
        ("parameters `format`, `limit` in query\n  - violates `enum` at /x", "format=&limit=0", False),
        ("parameters `format`, `limit` in query\n  - violates `enum` at /x", "format=&limit=", True),
        ("\n  - violates `enum` at /properties/limit", "limit=", False),
        (f"parameters `sort`, `format` in query\n  - {NUMBER_FOR_TEXTS}", "format=&sort=0", True),
        ("- query: violates `enum` at /properties/states", "states=open&states=shut", False),
        ("parameter `Idempotency-Key` in header - incorrect type", "", False),
        ("- query: violates `additionalProperties`\n- body: violates `type`", "", False),
    ],
)
def test_only_what_is_not_looked_at_is_passed_over(components: str, query: str, passed_over: bool) -> None:
    message = f"Invalid data should have been rejected\n\nInvalid component: {components}"
    answer = answered("{}", f"http://fuzzed.test/v3/orders/?{query}")
    assert is_passed_over(message, answer) is passed_over
