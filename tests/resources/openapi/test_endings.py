"""Owns the tests of which problems a method may end in, as the table of decisions leads there.

Never tests the decisions.
Called by pytest.
"""

from collections.abc import Set as AbstractSet

import pytest

from actors.machines.messages.words import Reason
from resources.openapi.endings import endings
from resources.refusals import KINDS
from resources.toolkit.problems import FORGED, ProblemKind
from resources.toolkit.resource import Resource
from tests.resources.openapi.boats import SUNK, Boats, OneBoat

EVERYWHERE = {406, 408, 413, 414, 422, 429, 431, 500, 503}


def statuses(kinds: AbstractSet[ProblemKind]) -> set[int]:
    return {kind.status for kind in kinds}


@pytest.mark.parametrize(
    ("resource", "method", "more"),
    [
        (Boats(), "GET", set()),
        (Boats(), "POST", {400, 401, 403, 415, 504}),
        (OneBoat(), "DELETE", {400, 401, 403, 404, 409, 412, 504}),
    ],
)
def test_the_ends_of_the_way_are_those_that_a_method_can_come_to(
    resource: Resource, method: str, more: set[int]
) -> None:
    found = endings(resource, method, resource.methods[method])
    assert statuses(found) == EVERYWHERE | more


def test_what_a_method_declares_is_among_them() -> None:
    resource = OneBoat()
    assert SUNK in endings(resource, "DELETE", resource.methods["DELETE"])


def test_a_page_can_forge_only_what_changes_something() -> None:
    resource = Boats()
    assert FORGED in endings(resource, "POST", resource.methods["POST"])
    assert FORGED not in endings(resource, "GET", resource.methods["GET"])


def test_a_key_can_be_another_requests() -> None:
    resource = Boats()
    assert KINDS[Reason.KEY_REUSED] in endings(resource, "POST", resource.methods["POST"])
