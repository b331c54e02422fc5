"""Owns the benchmark of documents: processor time for an order, from the log to what members read.

Never measures wall clock, which says more about the machine's other work than about ours.
Called by ``make bench-documents``.

The same recorded history is read and verified only, folded into a store that keeps nothing, and folded into
the embedded store; each includes the one before, so that the differences are the parts.
"""

import gc
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple

from actors.processes.projector_core import Projector
from couch_views.client import CouchServer, Documents, NotWritten, Written
from couch_views.json_values import JsonObject
from couch_views.opening import open_documents
from rabbit.log import Log
from scripts.bench.recorded import recorded
from scripts.bench.recovery import count
from scripts.bench.table import Row, print_table

ORDERS: Final = 10_000
ROUNDS: Final = 3


class Case(NamedTuple):
    """How the orders came: so many in a request."""

    each: int


CASES: Final = (Case(1), Case(100))


class Nowhere(Documents):
    """A store that takes everything and keeps nothing; whatever is looked for is not there."""

    def __init__(self) -> None:
        super().__init__(_no_server, lambda: None)

    def get_many(self, identities: Sequence[str]) -> list[JsonObject | None]:
        return [None] * len(identities)

    def bulk(self, documents: Sequence[Mapping[str, object]]) -> list[Written | NotWritten]:
        return [Written(str(document["_id"]), "1-0") for document in documents]

    def ensure_database(self) -> None:
        """It needs none."""

    def ensure_designs(self, designs: Iterable[JsonObject]) -> bool:  # noqa: ARG002 (as a store is asked)
        return True


def main() -> None:
    """Measures both cases and prints the table."""
    title = "Documents: processor time of an order in µs, read alone, folded, folded and stored"
    print_table(title, [measured(case) for case in CASES])


def measured(case: Case) -> Row:
    """The medians of some rounds, in turn."""
    log = recorded(ORDERS, case.each)
    _, events = count_all(log)
    rounds = [(read(log), projected(log, Nowhere), stored(log)) for _ in range(ROUNDS)]
    read_s, folded_s, stored_s = (median(column) for column in zip(*rounds, strict=True))
    return {
        "orders a request": case.each,
        "events": events,
        "read": read_s / ORDERS * 1e6,
        "folded": folded_s / ORDERS * 1e6,
        "stored": stored_s / ORDERS * 1e6,
        "folding / reading": (folded_s - read_s) / read_s,
        "store's share": (stored_s - folded_s) / stored_s,
        "events/s": events / stored_s,
    }


def read(log: Log) -> float:
    """Seconds of a processor for reading, verifying and decoding all of it."""
    return processor_s(lambda: count_all(log))


def stored(log: Log) -> float:
    """The same for documents in files."""
    with tempfile.TemporaryDirectory(prefix="credence-") as folder:
        return projected(log, lambda: open_documents("sqlite", Path(folder), writer=True))


def projected(log: Log, make: Callable[[], Documents]) -> float:
    """The same for all documents of the log."""
    documents = make()
    projector = Projector(log, documents, together=True)

    def drain() -> None:
        while projector.step(0):
            pass

    seconds = processor_s(drain)
    projector.close()
    documents.close()
    return seconds


def processor_s(work: Callable[[], object]) -> float:
    """This process's time on a processor, with the garbage collector as in a process of the tree."""
    gc.collect()
    gc.disable()
    begin = time.process_time()
    work()
    seconds = time.process_time() - begin
    gc.enable()
    return seconds


def count_all(log: Log) -> tuple[int, int]:
    """Records and events of all streams."""
    counts = [count(log, stream) for stream in log.streams()]
    return sum(records for records, _ in counts), sum(events for _, events in counts)


def _no_server() -> CouchServer:
    raise AssertionError("nothing is asked of it")


if __name__ == "__main__":
    main()
