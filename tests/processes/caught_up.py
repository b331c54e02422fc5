"""Owns how a test waits until the documents of an exchange show all that is in its log.

Never waits for what may still happen.
Called by tests that read what was written a moment ago.
"""

from pathlib import Path
from typing import Final

import httpx

from actors.processes.settings import Settings
from rabbit.log import Position
from rabbit.open import open_log
from resources.toolkit.positions import HEADER, covers, parse_position
from scripts.exchange import Exchange
from tests.processes.programs import wait_for

CAUGHT_UP_WITHIN_S: Final = 120.0
RECORDS_PER_READ: Final = 500


def wait_until_caught_up(exchange: Exchange) -> None:
    ends = log_ends(exchange.var)
    wait_for(lambda: covers(shown(exchange), ends), CAUGHT_UP_WITHIN_S, "the documents")


def log_ends(var: Path) -> dict[str, int]:
    """The last record of each stream."""
    settings = Settings(var=var)
    log = open_log(settings.log, settings.log_folder)
    ends: dict[str, int] = {}
    for stream in settings.streams.names:
        reader = log.reader(stream)
        position = Position()
        while records := reader.read(position, RECORDS_PER_READ):
            position = records[-1].position
        reader.close()
        ends[stream] = position.sequence
    return ends


def shown(exchange: Exchange) -> dict[str, int]:
    """How far the documents have come: those of a page, which are all. Empty while they can't be read."""
    answer = httpx.get(f"{exchange.url}/v3/events/", headers={"Accept": "text/html"}, timeout=30)
    return dict(parse_position(answer.headers[HEADER])) if answer.is_success else {}
