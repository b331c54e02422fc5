"""Owns the tests of which fault meets which request.

Never carries one out.
Called by pytest.
"""

from collections.abc import Sequence

import pytest

from scripts.sandbox.faults import Fault, FaultKind, Faults

LOST, LATE = FaultKind.ANSWER_LOST, FaultKind.ANSWER_LATE
POST, GET = ("POST", "/v3/orders/"), ("GET", "/v3/markets/1/")


@pytest.mark.parametrize(
    ("switched_on", "requests", "met"),
    [
        ([], [POST], [None]),
        ([Fault(LOST)], [POST, POST], [LOST, None]),
        ([Fault(LOST, times=2)], [POST, GET, POST], [LOST, LOST, None]),
        ([Fault(LOST, after=2)], [POST, POST, POST, POST], [None, None, LOST, None]),
        ([Fault(LOST, method="GET")], [POST, GET], [None, LOST]),
        ([Fault(LOST, path="/v3/markets")], [POST, GET], [None, LOST]),
        # One a request, in the order in which they were switched on.
        ([Fault(LOST), Fault(LATE)], [POST, POST, POST], [LOST, LATE, None]),
        ([Fault(LOST, method="GET"), Fault(LATE)], [POST, GET], [LATE, LOST]),
        # What waits for so many requests counts them, whatever happens to them.
        ([Fault(LOST, times=2), Fault(LATE, after=2)], [POST, POST, POST], [LOST, LOST, LATE]),
    ],
)
def test_a_request_meets_the_first_fault_that_is_due_for_it(
    switched_on: Sequence[Fault], requests: Sequence[tuple[str, str]], met: Sequence[FaultKind | None]
) -> None:
    faults = Faults()
    for fault in switched_on:
        faults.switch_on(fault)
    found = [faults.meet(*request) for request in requests]
    assert [fault and fault.kind for fault in found] == met


def test_what_has_not_happened_yet_can_be_looked_at_and_cleared() -> None:
    faults = Faults()
    faults.switch_on(Fault(LOST, times=2, after=1))
    faults.meet(*POST)
    faults.meet(*POST)
    assert list(faults.waiting) == [Fault(LOST)]
    faults.clear()
    assert list(faults.waiting) == []
    assert faults.meet(*POST) is None
