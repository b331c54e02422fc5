"""Owns the tests of how resources are declared, and what methods come to.

Never tests the decisions that all resources share.
Called by pytest.
"""

import pytest

from resources.toolkit.http import HttpRequest
from resources.toolkit.query import Query
from resources.toolkit.resource import Call, Outcome, created, done, nothing_to_say, pending

GET = HttpRequest("GET", "/things/a", "size=3")


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
