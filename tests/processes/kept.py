"""Owns a small lawful log for tests, as frames in memory, and how it is kept in SQLite files.

Never damages it: who wants damage does that to a copy.
Called by the tests of the audit's process, of ``make audit`` and of corruptions.
"""

import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path

from actors.machines.messages.commands import (
    ChangeMarketState,
    Command,
    SettleMarket,
)
from actors.machines.messages.words import MarketState
from actors.processes.local import LocalExchange
from rabbit.description import Description, encode
from rabbit.log import FORMAT_VERSION
from rabbit.mark import MarkFile
from rabbit.memory import MemoryLog
from rabbit.sqlite import DESCRIPTION_NAME
from rabbit.sqlite_rows import make_rows
from tests.processes.workload import Floor, request

IDENTITY = "0af3" * 8


@cache
def lawful_log() -> MemoryLog:
    """An exchange's log from its first member to a settled market, with several epochs. Don't change it."""
    log = MemoryLog(IDENTITY)
    local = LocalExchange(log=log)
    floor = Floor(local.ask)
    for number in range(8):
        local.ask(floor.sell(5_000 + number, 1_000))
        local.ask(floor.buy(5_000 + number, 500))
        local.ask(floor.buy(4_000 - number, 100 + number))
        if number == 4:
            for name in local.streams.names:
                local.restart(name)
    for command in _end_of(floor):
        local.ask(request(floor.staff, command))
    return log


def _end_of(floor: Floor) -> tuple[Command, ...]:
    market_id, winner = floor.market.market_id, floor.market.contracts[0].contract_id
    return (
        ChangeMarketState(market_id, MarketState.CLOSED),
        SettleMarket(market_id, (winner,), void=False, reason="home won"),
    )


def keep(streams: dict[str, list[bytes]], folder: Path) -> None:
    """Makes a log in SQLite files of these frames, as their writers would have left it."""
    folder.mkdir(parents=True)
    description = Description(FORMAT_VERSION, IDENTITY, tuple(streams))
    (folder / DESCRIPTION_NAME).write_bytes(encode(description))
    for stream, frames in streams.items():
        make_rows(folder, stream)
        with closing(sqlite3.connect(folder / f"{stream}.sqlite")) as database, database:
            database.executemany("INSERT INTO records VALUES (?, ?)", enumerate(frames, 1))
        MarkFile(folder / f"{stream}.mark", len(frames)).close()
