"""Owns the benchmark of what social streams cost trading: orders without any, and with one, side by side.

Never touches a running exchange of somebody: it starts its own two.
Called by ``make bench-social``.
"""

from contextlib import ExitStack
from typing import Final

from scripts.bench.flow import prepare
from scripts.bench.http import BATCH, Case
from scripts.bench.sides import Side, measured, rows_of
from scripts.bench.table import print_table
from scripts.exchange import running_exchange

CASES: Final = (Case(8, BATCH), Case(32, 1))


def main() -> None:
    """Runs the cases and prints the table."""
    with ExitStack() as stack:
        sides = (_side(stack, "without", 0), _side(stack, "with", 1))
        rows = [row for case in CASES for row in rows_of("social", case, measured(case, sides))]
    print_table("Orders over HTTP, without and with social streams", rows)


def _side(stack: ExitStack, name: str, streams: int) -> Side:
    extra = {"CREDENCE_HASHING_COST": "cheap", "CREDENCE_SOCIAL_STREAMS": str(streams)}
    exchange = stack.enter_context(running_exchange(extra))
    return Side(name, exchange, prepare(exchange.url, exchange.staff_password))


if __name__ == "__main__":
    main()
