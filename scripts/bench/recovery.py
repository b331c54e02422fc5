"""Owns the measuring of recovery: how fast a host replays the log that a run has left behind.

Never starts a process: it does what a host does at its start, on the same log, with the exchange stopped.
Called by the benchmarks of the API and of restarts.
"""

import gc
import time
from pathlib import Path
from typing import Final

from actors.machines.messages.record import decode
from actors.processes.host_core import HostCore
from actors.processes.settings import Settings
from rabbit.log import Log, Position
from rabbit.open import open_log
from scripts.bench.table import Row

RECORDS_AT_ONCE: Final = 1_000


def recovery_rows(var: Path) -> list[Row]:
    """A row for each stream of the installation: what it holds, and how long replaying it takes."""
    settings = Settings(var)
    log = open_log(settings.log, settings.log_folder)
    return [_row(log, stream, settings) for stream in log.streams()]


def _row(log: Log, stream: str, settings: Settings) -> Row:
    records, events = count(log, stream)
    gc.collect()
    gc.disable()  # as a host does
    begin = time.perf_counter()
    core = HostCore(stream, settings.streams, log, lambda: time.time_ns() // 1_000)
    seconds = time.perf_counter() - begin
    gc.enable()
    core.close()
    return {
        "stream": stream,
        "records": records,
        "events": events,
        "seconds": seconds,
        "events/s": events / seconds,
    }


def count(log: Log, stream: str) -> tuple[int, int]:
    """Records and events of a stream; reading them also warms the disk's cache."""
    reader = log.reader(stream)
    records = events = 0
    position = Position()
    while batch := reader.read(position, RECORDS_AT_ONCE):
        records += len(batch)
        events += sum(len(decode(record.body).events) for record in batch)
        position = Position(batch[-1].sequence, batch[-1].digest)
    reader.close()
    return records, events
