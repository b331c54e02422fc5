"""Owns the tests of the projector's process: step after step, waiting where a store is down, resuming.

Never tests what a document looks like.
Called by pytest.
"""

import time
from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import NoReturn

import pytest
from structlog.testing import capture_logs

from actors.machines.messages.events import Event, MoneyDeposited
from actors.machines.messages.record import Body, encode
from actors.machines.messages.words import Side
from actors.processes.outage import BACK_OFF_FIRST_S, BACK_OFF_MAX_S
from actors.processes.projector import PACE_S, ProjectorShell
from actors.processes.protocol import Start
from actors.processes.settings import Settings
from couch_views.client import Documents, DocumentsRefusedError
from couch_views.opening import open_documents
from couch_views.shapes import document_id
from rabbit.open import open_log
from tests.couch_views.projection.records import UNIT, market_created, matched, placed, registered

STREAM = "accounts-0"


class Alone(ProjectorShell):
    """A projector without Thespian: it notes when it wants to be woken."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.settings = settings
        self.waits: list[float] = []
        self.start(Start("projector", settings))

    def ready(self) -> None:
        self.waits.append(-1)

    def wake_after(self, seconds: float, payload: object = None) -> None:
        self.waits.append(seconds)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(var=tmp_path)
    open_log(settings.log, settings.log_folder).initialise(settings.streams.names)
    return settings


def happen(settings: Settings, *events: Event, stream: str = STREAM) -> None:
    """A record."""
    append(settings, stream, events)


def append(settings: Settings, stream: str, *records: Sequence[Event]) -> None:
    writer = open_log(settings.log, settings.log_folder).writer(stream)
    list(writer.recover())
    for events in records:
        writer.append(encode(Body({}, tuple(events), {}, {})), 1)
    writer.close()


def balance(settings: Settings) -> object:
    documents = open_documents(settings.documents, settings.documents_folder, writer=False)
    account = documents.get(document_id("account", 16))
    documents.close()
    return account and account["balance"]


def test_it_is_ready_at_once_and_takes_one_step_a_wake_up(settings: Settings) -> None:
    projector = Alone(settings)
    assert projector.waits == [-1, 0.0]
    assert balance(settings) is None
    happen(settings, registered(), MoneyDeposited(16, UNIT, UNIT))
    projector.wake(None)
    assert balance(settings) == "1.00"
    assert projector.waits == [-1, 0.0, PACE_S]
    projector.stop()


def test_the_next_incarnation_goes_on_where_the_last_one_was(settings: Settings) -> None:
    happen(settings, registered(), MoneyDeposited(16, UNIT, UNIT))
    Alone(settings).stop()
    assert balance(settings) == "1.00"
    happen(settings, MoneyDeposited(16, UNIT, 2 * UNIT))
    Alone(settings).stop()
    assert balance(settings) == "2.00"


def test_while_the_documents_are_down_it_waits_longer_and_longer(tmp_path: Path) -> None:
    settings = Settings(var=tmp_path, documents="http://127.0.0.1:9/")
    open_log(settings.log, settings.log_folder).initialise(settings.streams.names)
    projector = Alone(settings)
    for _ in range(9):
        projector.wake(None)
    assert projector.waits[1:5] == [BACK_OFF_FIRST_S * 2**doubled for doubled in range(4)]
    assert projector.waits[-1] == BACK_OFF_MAX_S
    projector.stop()


def test_after_an_outage_it_goes_on_at_once(settings: Settings, tmp_path: Path) -> None:
    description = settings.log_folder / "log.json"
    hidden = description.rename(tmp_path / "hidden.json")
    projector = Alone(settings)
    assert projector.waits == [-1, BACK_OFF_FIRST_S]
    hidden.rename(description)
    projector.wake(None)
    assert projector.waits[-1] == 0.0
    projector.stop()


def test_a_refused_bulk_is_an_error_in_the_journal_and_is_tried_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    projector = Alone(settings)
    happen(settings, registered(), MoneyDeposited(16, UNIT, UNIT))
    with capture_logs() as lines, monkeypatch.context() as refusing:
        refusing.setattr(Documents, "bulk", refuse)
        projector.wake(None)
        projector.wake(None)
    assert [(line["event"], line["reason"], line["log_level"]) for line in lines] == [
        ("is refused", "a: forbidden: not here", "error")
    ]
    assert balance(settings) is None
    projector.wake(None)
    assert balance(settings) == "1.00"
    projector.stop()


def test_a_backlog_of_100_000_documents_of_history_delays_no_order(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An order comes while history is being written, so it waits for as long as anything ever waits.

    What is measured is processor time, of which other work on the machine takes nothing: all of the backlog
    would be more than ten seconds of it.
    """
    happen(settings, registered())
    happen(settings, market_created(), matched(Side.SELL, 5_000, 10**9, left=10**9), stream="markets-1")
    numbers = count(1)
    trades = [
        [matched(Side.BUY, 5_000, 100, *((next(numbers), 5_000, 1) for _ in range(100))) for _ in range(10)]
        for _ in range(100)
    ]
    append(settings, "markets-1", *trades)
    delays: dict[str, float] = {}
    began: dict[str, float] = {}
    written = 0
    bulk = Documents.bulk

    def bulk_amid_orders(self: Documents, documents: Sequence[Mapping[str, object]]) -> object:
        nonlocal written
        if documents[0].get("kind") == "execution":
            written += len(documents)
            if len(began) == len(delays):
                order_id = 32 + len(began)
                happen(settings, placed(order_id))
                began[document_id("order", order_id)] = time.thread_time()
        outcomes = bulk(self, documents)
        for identity in {str(document["_id"]) for document in documents} & began.keys():
            delays[identity] = time.thread_time() - began[identity]
        return outcomes

    monkeypatch.setattr(Documents, "bulk", bulk_amid_orders)
    projector = Alone(settings)
    while len(delays) < 5 and written < 50_000:
        projector.wake(None)
    projector.stop()
    assert written < 50_000, "most of the history still waits"
    assert max(delays.values()) < 1


def refuse(_documents: object, _bulk: object) -> NoReturn:
    raise DocumentsRefusedError("a: forbidden: not here")
