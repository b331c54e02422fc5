"""Owns the benchmark of the two profiles side by side: orders with the log in files, and at a broker.

Never touches a running exchange of somebody: it starts its own two, and a broker of its own.
Called by ``make bench-profiles``.

What a broker costs beside the exchange is shown as processor time, which load doesn't change much.
"""

from contextlib import ExitStack
from typing import Final

from scripts.bench.flow import prepare
from scripts.bench.http import BATCH, Case
from scripts.bench.sides import Side, measured, rows_of
from scripts.bench.table import print_table
from scripts.broker.node import Broker, private_broker
from scripts.exchange import running_exchange

CASES: Final = (Case(8, BATCH), Case(32, 1))


def main() -> None:
    """Runs the cases and prints the table."""
    with ExitStack() as stack:
        broker = stack.enter_context(private_broker())
        sides = (_side(stack, "embedded", None), _side(stack, "full", broker))
        rows = [row for case in CASES for row in rows_of("profile", case, measured(case, sides))]
    print_table("Orders over HTTP, by where the log is", rows)


def _side(stack: ExitStack, name: str, broker: Broker | None) -> Side:
    extra = {"CREDENCE_HASHING_COST": "cheap", "CREDENCE_RESTARTS": "100"}
    if broker is not None:
        extra["CREDENCE_LOG"] = broker.url
    exchange = stack.enter_context(running_exchange(extra))
    return Side(name, exchange, prepare(exchange.url, exchange.staff_password), broker)


if __name__ == "__main__":
    main()
