"""Owns what the overload rig reads from the log of an exchange: when which events were recorded.

Never writes.
Called by the rig and its tests.
"""

from pathlib import Path
from typing import Final

from actors.machines.messages.events import Event
from actors.machines.messages.record import decode
from actors.processes.settings import Settings
from rabbit.log import Position
from rabbit.open import open_log

RECORDS_PER_READ: Final = 500


def times_of(var: Path, kind: type[Event]) -> list[int]:
    """The time of each event of this kind, stream by stream: microseconds since 1970."""
    settings = Settings(var=var)
    log = open_log(settings.log, settings.log_folder)
    times: list[int] = []
    for stream in settings.streams.names:
        reader = log.reader(stream)
        position = Position()
        while records := reader.read(position, RECORDS_PER_READ):
            for record in records:
                times += [record.time for event in decode(record.body).events if isinstance(event, kind)]
            position = records[-1].position
        reader.close()
    return times
