"""Owns a run: a seed and a number of operations in, what came of it out, and how to repeat it.

Never stops at anything that goes wrong without saying it: whatever is raised is a violation.
Called by the command and by the tests.
"""

import traceback
from typing import NamedTuple, TextIO

from tests.sim.exchange import SimulatedExchange


class Outcome(NamedTuple):
    """What came of a run; ``violation`` is empty if nothing went wrong."""

    seed: int
    operations: int
    trace_sha256: str
    violation: str
    steps: int


def run(seed: int, operations: int, file: TextIO | None = None) -> Outcome:
    """Runs a seed until all is done, or something is wrong."""
    exchange = SimulatedExchange(seed, operations, file)
    violation = ""
    try:
        exchange.run()
    except Exception as error:  # noqa: BLE001 - whatever comes out of the exchange is a finding
        violation = "".join(traceback.format_exception(error))
    return Outcome(seed, exchange.operations, exchange.trace.sha256, violation, exchange.steps)
