"""Owns what must hold of every answer, whatever was asked.

Never sends a request.
Called by tests/fuzz/run.py.

schemathesis checks an answer against the description: statuses, media types, headers, schemas, methods that
aren't there, data that should have been refused, or taken. Where our rules are wider or narrower than what a
schema can say, its judgement is corrected here, rule by rule.
"""

import json
import re
from collections.abc import Container, Iterator
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from schemathesis import Case, Response
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import AcceptedNegativeData, Failure, FailureGroup
from schemathesis.openapi.checks import RejectedPositiveData
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    content_type_conformance,
    missing_required_header,
    negative_data_rejection,
    positive_data_acceptance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from tests.fuzz.stage import Visitor

# Those that are left out look at how resources come and go, and ask again by themselves.
_CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    positive_data_acceptance,
    missing_required_header,
    unsupported_method,
    allow_header_conformance,
]
_SHOWN: Final = 400
_PROBLEM: Final = "application/problem+json"
_PRECONDITION_FAILED: Final = 412
_NOT_SIGNED_IN: Final = 401
_URL_TOO_LONG: Final = 414
_NOT_BY_SCHEMA: Final = frozenset(
    {
        *("cursor", "sort", "archive", "X-Credence-Min-Position"),  # given out by us; what a list has
        *("start_datetime", "start_datetime_min", "start_datetime_max", "from", "to"),  # since 1970
        *("expires", "expires_datetime"),  # in the future
        *("opponent", "key"),  # a member there is, and not oneself; the right one
        "password",  # the right one
        *("amount", "commission"),  # in a range, with so many places
        *("winners", "cancel_orders"),  # either, or
        *("in_play", "preview", "dead_heat", "cross_matching", "winner_count"),  # not with all others
        *("good_til", "post_only"),  # not of every type
        "roles",  # each once
        "price_ladder[0]",  # from below to above
    }
)
"""Fields with rules that no schema says."""
_PASSED_OVER: Final = re.compile(
    r"parameter `[^`]*` in query - unexpected property"
    r"|query: violates `additionalProperties`"
    r"|path: violates `\w+` at /properties/ids"
    r"|(X-Credence-Min-Position|Prefer)"
)
"""Passed over are parameters that nobody knows, what can't be an id among others, what to wait for."""
_IN_QUERY: Final = re.compile(r"parameters? (`.+`) in query|query: .* at /properties/(\w+)")
_SENT_AS_TEXT: Final = re.compile(r"/properties/(sort|types|reference_ids) \(was array, became")
"""Parameters that take several of any texts: whatever else they are given is one, once it is sent."""
_QUOTED: Final = re.compile(r"`([^`]+)`")


def faults(case: Case[Any], response: Response, visitor: Visitor) -> Iterator[str]:
    """Everything that is wrong with the answer, in a line each."""
    try:
        case.validate_response(response, checks=_CHECKS)
    except FailureGroup as group:
        for failure in group.exceptions:
            assert isinstance(failure, Failure)
            if not is_excused(failure, case, response):
                said = " ".join(failure.message.split())
                yield f"{failure.title} ({response.status_code}): {said}: {response.content[:_SHOWN]!r}"
    yield from faults_of_permission(case, response, visitor)


def is_excused(failure: Failure, case: Case[Any], response: Response) -> bool:
    match failure:
        case RejectedPositiveData():
            return response.status_code == _PRECONDITION_FAILED or is_beyond_schema(response)
        case AcceptedNegativeData():
            refused = response.status_code in {_PRECONDITION_FAILED, _URL_TOO_LONG}
            return refused or is_a_batch(case) or is_passed_over(failure.message, response)
    return False


def is_beyond_schema(response: Response) -> bool:
    """Whether a valid request was refused by a rule of the exchange, or by one that a schema can't say."""
    if response.headers["content-type"] != [_PROBLEM]:
        return True  # a page; the same is asked for as JSON, too
    problem = json.loads(response.content)
    return problem["error_type"] != "INVALID_FIELD" or all(
        # To JSON Schema 1.0 is an integer.
        error["field"] in _NOT_BY_SCHEMA or "got `float`" in error["message"]
        for error in problem["errors"]
    )


def is_a_batch(case: Case[Any]) -> bool:
    """What is wrong with an item of a batch is said in its place, and doesn't spoil the others."""
    return isinstance(case.body, list)


def is_passed_over(message: str, response: Response) -> bool:
    """Whether all that is wrong with a request is nothing that we look at."""
    _, _, components = message.partition("Invalid component:")
    lines = [line.strip(" -") for line in components.splitlines() if line.strip()]
    # Where several are named in one line, the lines after it say what each violates.
    named = [line for line in lines if not line.startswith("violates")]
    texts = _SENT_AS_TEXT.findall(components)
    return bool(named) and all(_PASSED_OVER.search(line) or is_empty(line, texts, response) for line in named)


def is_empty(component: str, texts: Container[str], response: Response) -> bool:
    """Whether it is parameters without a value, or null: that counts as not given.

    ``texts`` are parameters that were given a text, whatever it was before it was sent.
    """
    given = parse_qs(urlsplit(str(response.request.url)).query, keep_blank_values=True)
    if (named := _IN_QUERY.search(component)) is None:
        return False
    names = [named[2]] if named[2] else _QUOTED.findall(named[1])
    judged = [name for name in names if name not in texts]
    return {value for name in judged for value in given.get(name, [])} <= {"", "null"}


def faults_of_permission(case: Case[Any], response: Response, visitor: Visitor) -> Iterator[str]:
    """Who isn't signed in is told so, and nothing else, wherever somebody has to be."""
    needs_somebody = {} not in case.operation.definition.raw["security"]
    asked = case.method.upper() == case.operation.method.upper()
    told = response.status_code in {_NOT_SIGNED_IN, _URL_TOO_LONG}
    if asked and needs_somebody and not visitor.is_somebody and not told:
        yield f"who isn't signed in was answered {response.status_code}"
