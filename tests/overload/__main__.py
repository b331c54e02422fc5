"""Owns the command of the overload rig: a run, its table, and the verdict as the last line.

Never judges: the verdict does.
Called as ``python -m tests.overload`` (``make overload``).
"""

import sys

import msgspec

from scripts.bench.table import Row, print_table
from tests.overload.run import ORDERS_PER_REQUEST, TIMES, run
from tests.overload.verdict import Verdict

CAPACITY_S = 6.0
OVERLOAD_S = 15.0


def main() -> int:
    """Returns the exit code: 0 if all bounds hold."""
    verdict = run(CAPACITY_S, OVERLOAD_S)
    show(verdict)
    sys.stdout.write(f"{msgspec.json.encode(verdict).decode()}\n")
    return 0 if verdict.ok else 1


def show(verdict: Verdict) -> None:
    title = f"{TIMES} times {verdict.capacity:,.0f} requests/s, each of {ORDERS_PER_REQUEST} orders"
    accepted: Row = {"": "accepted", "requests": verdict.accepted}
    accepted |= {"p50 ms": verdict.accepted_p50_ms, "p99 ms": verdict.accepted_p99_ms}
    refused: Row = {"": "refused", "requests": verdict.refused}
    refused |= {"p50 ms": verdict.refused_p50_ms, "p99 ms": verdict.refused_p99_ms}
    print_table(title, [accepted, refused])
    growth: list[Row] = [{"process": name, "MB": mb} for name, mb in verdict.growth_mb.items()]
    print_table("What each process grew by meanwhile", growth)


if __name__ == "__main__":
    sys.exit(main())
