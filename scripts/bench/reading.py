"""Owns the benchmark of reading: what anybody may read, beside the same server answering a constant.

Never touches a running exchange of somebody: it starts its own, on a temporary state.
Called by ``make bench-reading``.

Each run is bounded in time. The exchange and the constant are measured in turn, so that both see the same
machine.
"""

import http.client
import tempfile
import time
from pathlib import Path
from typing import Final, NamedTuple

import uvloop

from scripts.bench.flow import prepare
from scripts.bench.http import limit_server
from scripts.bench.load import Load, drive, until
from scripts.bench.table import Row, print_table
from scripts.exchange import Exchange, ExchangeError, running_exchange

SECONDS: Final = 4.0
CONNECTIONS: Final = 32
RESTING: Final = 200
"""Orders in the books that are read."""


class Case(NamedTuple):
    """One row: what is read, how, and the status of every answer."""

    name: str
    path: str
    accept: str = "application/json"
    known: bool = False
    signed_in: bool = False


CASES: Final = (
    Case("quotes", "/v3/markets/1/quotes/"),
    Case("quotes, known already (304)", "/v3/markets/1/quotes/", known=True),
    Case("quotes, signed in", "/v3/markets/1/quotes/", signed_in=True),
    Case("market, as a page", "/v3/markets/1/", "text/html"),
    Case("market, as a page, signed in", "/v3/markets/1/", "text/html", signed_in=True),
)


def main() -> None:
    """Runs the cases and prints the table."""
    with tempfile.TemporaryDirectory(prefix="credence-") as folder:
        measure(Path(folder))


def measure(var: Path) -> None:
    """Reads an exchange on this state, and the constant, in turn."""
    cheap = {"CREDENCE_HASHING_COST": "cheap", "CREDENCE_MEMBER_RATE": "1000000"}
    with running_exchange(cheap, var) as exchange, limit_server() as constant_port:
        flow = prepare(exchange.url, exchange.staff_password)
        orders = iter(range(RESTING))
        place = flow.singles(0)
        uvloop.run(drive(exchange.port, [lambda: place() if next(orders, None) is not None else None]))
        rows = []
        for case in CASES:
            request, status = prepared(exchange, case, flow.tokens[0])
            constant = run(constant_port, request, "200")
            rows.append(row(case, run(exchange.port, request, status), constant))
        print_table(f"Reading from {CONNECTIONS} connections, beside a constant", rows)


def prepared(exchange: Exchange, case: Case, token: str) -> tuple[bytes, str]:
    """The request, and the status that every answer to it has."""
    headers = {"accept": case.accept}
    if case.signed_in:
        headers["authorization"] = f"Session-Token {token}"
    connection = http.client.HTTPConnection("127.0.0.1", exchange.port, timeout=10)
    connection.request("GET", case.path, headers=headers)
    answer = connection.getresponse()
    answer.read()
    if answer.status != http.client.OK:
        raise ExchangeError(f"{case}: {answer.status}")
    if case.known:
        headers["if-none-match"] = answer.headers["etag"]
    connection.close()
    lines = [
        f"GET {case.path} HTTP/1.1",
        "host: 127.0.0.1",
        *(f"{name}: {text}" for name, text in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode(), "304" if case.known else "200"


def run(port: int, request: bytes, status: str) -> Load:
    """All connections send the same request again and again; every answer must have the status."""
    deadline_s = time.perf_counter() + SECONDS
    load = uvloop.run(drive(port, [until(deadline_s, lambda: request) for _ in range(CONNECTIONS)]))
    if load.statuses != {status: len(load.latencies_s)}:
        raise ExchangeError(f"not every answer was {status}: {load.statuses}")
    return load


def row(case: Case, load: Load, constant: Load) -> Row:
    """A case's figures: requests a second, ms a request."""
    return {
        "read": case.name,
        "requests/s": load.per_second,
        "constant/s": constant.per_second,
        "ratio": load.per_second / constant.per_second,
        "p50 ms": load.percentile_ms(50),
        "p99 ms": load.percentile_ms(99),
    }


if __name__ == "__main__":
    main()
