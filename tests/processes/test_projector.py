"""Owns the tests of the projector's process: step after step, waiting where a store is down, resuming.

Never tests what a document looks like.
Called by pytest.
"""

from pathlib import Path
from typing import NoReturn

import pytest
from structlog.testing import capture_logs

from actors.machines.messages.events import Event, MoneyDeposited
from actors.machines.messages.record import Body, encode
from actors.processes.outage import BACK_OFF_FIRST_S, BACK_OFF_MAX_S
from actors.processes.projector import PACE_S, ProjectorShell
from actors.processes.protocol import Start
from actors.processes.settings import Settings
from couch_views.client import Documents, DocumentsRefusedError, open_documents
from couch_views.shapes import document_id
from rabbit.open import open_log
from tests.couch_views.projection.records import UNIT, registered

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


def happen(settings: Settings, *events: Event) -> None:
    writer = open_log(settings.log, settings.log_folder).writer(STREAM)
    list(writer.recover())
    writer.append(encode(Body({}, events, {}, {})), 1)
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


def refuse(_documents: object, _bulk: object) -> NoReturn:
    raise DocumentsRefusedError("a: forbidden: not here")
