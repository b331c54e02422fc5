"""Owns the benchmark of the log: appending and recovering, by how many events a record carries.

Never measures the exchange: bodies are made before the clock runs, except where a column says otherwise.
Called by ``make bench-log``.

The limit of appending is the same bytes written to a plain file and synchronised, taken in turn with the
appends, so that whatever else the disk does meets both; a checkpoint of the WAL writes all bytes a second
time. The limit of recovering is decoding alone.
"""

import gc
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from actors.machines.messages import record
from actors.machines.messages.events import OrderPlaced
from actors.machines.messages.posted import SubmitOrder
from actors.machines.messages.record import Body, Sent
from actors.machines.messages.words import Side, TimeInForce
from rabbit.log import Log, Position, Record
from rabbit.open import open_log
from scripts.bench.table import Row, print_table

STREAM: Final = "accounts-0"
START: Final = Position()
RECORDS: Final = {1: 3_000, 10: 2_000, 100: 1_000, 1_000: 200}
"""Events a record -> records to append."""
RECOVERED_EVENTS: Final = {1: 10_000, 10: 50_000, 100: 100_000, 1_000: 100_000}
"""Events a record -> events to recover."""
PAGE_RECORDS: Final = 1_000
NOW_US: Final = 1_767_225_600_000_000


class Synchronised(NamedTuple):
    """Seconds of each append to the log, and of each write of the same bytes to a plain file."""

    log: list[float]
    file: list[float]


def body_of(events: int, first: int) -> bytes:
    """The record of an account stream that has accepted this many orders in one turn."""
    placed, submitted = [], []
    for number in range(first, first + events):
        account_id, order_id = 16 * (number % 500 + 1), 16 * number
        side = Side.BUY if number % 2 else Side.SELL
        price, quantity = 100 * (number % 99 + 1), 10_000 * (number % 50 + 1)
        placed.append(
            OrderPlaced(
                account_id=account_id,
                order_id=order_id,
                request_id=number,
                item=0,
                market_id=48,
                contract_id=64,
                side=side,
                price=price,
                quantity=quantity,
                time_in_force=TimeInForce.GOOD_TIL_CANCELLED,
                reference_id=f"reference-{number}",
                time=NOW_US + number,
                exposure=price * quantity,
                market_exposure=price * quantity,
            )
        )
        submitted.append(
            SubmitOrder(48, 64, order_id, account_id, side, price, quantity, TimeInForce.GOOD_TIL_CANCELLED)
        )
    sent = Sent(first, tuple(submitted))
    return record.encode(Body({"markets-0": first}, tuple(placed), {"markets-0": sent}, {"markets-0": first}))


def appended(log: Log, folder: Path, bodies: list[bytes]) -> Synchronised:
    """Appends each body, and writes as many bytes to a plain file beside the log."""
    seconds = Synchronised([], [])
    with closing(log.writer(STREAM)) as writer, (folder / "plain").open("wb", buffering=0) as plain:
        exhaust(writer.recover())
        for number, body in enumerate(bodies):
            seconds.log.append(seconds_of(partial(writer.append, body, number)))
            seconds.file.append(seconds_of(partial(synchronised, plain.fileno(), body)))
    return seconds


def synchronised(descriptor: int, data: bytes) -> None:
    os.write(descriptor, data)
    os.fdatasync(descriptor)


def seconds_of(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def append_row(events: int, count: int) -> Row:
    bodies = [body_of(events, number * events + 1) for number in range(count)]
    with a_log() as (log, folder):
        seconds = appended(log, folder, bodies)
    total = sum(seconds.log)
    return {
        "events": events,
        "bytes": len(bodies[-1]),
        "events/s": round(events * count / total),
        "p50 ms": milliseconds(seconds.log, 50),
        "p99 ms": milliseconds(seconds.log, 99),
        "file p50 ms": milliseconds(seconds.file, 50),
        "file p99 ms": milliseconds(seconds.file, 99),
        "% of file": round(100 * sum(seconds.file) / total),
    }


def recovery_row(events: int, total: int) -> Row:
    bodies = [body_of(events, number * events + 1) for number in range(total // events)]
    with a_log() as (log, _):
        with closing(log.writer(STREAM)) as writer:
            exhaust(writer.recover())
            for number, body in enumerate(bodies):
                writer.append(body, number)
        read_s = seconds_of(partial(exhaust, read(log)))
        decoded_s = seconds_of(partial(exhaust, (record.decode(found.body) for found in read(log))))
    decode_s = seconds_of(partial(exhaust, (record.decode(body) for body in bodies)))
    return {
        "events": events,
        "read/s": round(total / read_s),
        "read, decoded/s": round(total / decoded_s),
        "only decoded/s": round(total / decode_s),
        "% of decoding": round(100 * decode_s / decoded_s),
    }


def read(log: Log) -> Iterator[Record]:
    """Every record, as a follower that starts anew gets them."""
    with closing(log.reader(STREAM)) as reader:
        position = START
        while page := reader.read(position, PAGE_RECORDS):
            yield from page
            position = page[-1].position


def exhaust(source: Iterable[object]) -> None:
    for _ in source:
        pass


def milliseconds(seconds: list[float], percent: int) -> float:
    """The percentile, to a microsecond."""
    return round(1_000 * sorted(seconds)[len(seconds) * percent // 100], 3)


@contextmanager
def a_log() -> Iterator[tuple[Log, Path]]:
    """A new log on the disk that this repository is on: a temporary folder may be in memory."""
    build = Path("build")
    build.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-log.", dir=build) as temporary:
        log = open_log("sqlite", Path(temporary) / "log")
        log.initialise((STREAM,))
        yield log, Path(temporary)


def main() -> None:
    gc.disable()
    print_table(
        "log: durable appends, by events a record",
        [append_row(events, count) for events, count in RECORDS.items()],
    )
    print_table(
        "log: events read and verified, by events a record",
        [recovery_row(events, total) for events, total in RECOVERED_EVENTS.items()],
    )


if __name__ == "__main__":
    main()
