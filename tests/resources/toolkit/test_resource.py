"""Owns the tests of how resources are declared, and what methods come to.

Never tests the decisions that all resources share.
Called by pytest.
"""

import pytest

from resources.toolkit.http import HttpRequest
from resources.toolkit.problems import ProblemError
from resources.toolkit.query import Query
from resources.toolkit.resource import Call, Outcome, created, done, nothing_to_say, pending
from tests.resources.toolkit.things import AT, MEMBERS, Thing

GET = HttpRequest("GET", "/things/a", "size=3")
JSON = {"content-type": "application/json"}


async def test_a_reading_method_gets_its_query() -> None:
    outcome = await Thing().methods["GET"].answer(GET, {"name": "a"}, None)
    assert outcome == Outcome({"name": "a", "size": 3, "visitor": None}, AT)


async def test_a_command_gets_its_body_and_the_member() -> None:
    request = HttpRequest("POST", "/things/a", "", JSON, b'{"name": "b"}')
    outcome = await Thing().methods["POST"].answer(request, {"name": "a"}, MEMBERS["ada's"])
    assert outcome == Outcome({"name": "b", "owner": "ada"}, AT, 201, "/things/new/")


def test_input_is_checked_before_the_method_begins() -> None:
    request = HttpRequest("POST", "/things/a", "", JSON, b'{"name": 1}')
    with pytest.raises(ProblemError):
        Thing().methods["POST"].answer(request, {}, MEMBERS["ada's"])


def test_a_call_of_a_visitor_has_no_member() -> None:
    call = Call(GET, {}, None, None, Query())
    with pytest.raises(AssertionError):
        _ = call.member


@pytest.mark.parametrize(
    ("outcome", "status"),
    [(done({}, {}), 200), (created({}, {}), 201), (pending({}, {}), 202), (nothing_to_say({}), 204)],
)
def test_outcomes_have_their_status(outcome: Outcome, status: int) -> None:
    assert outcome.status == status
