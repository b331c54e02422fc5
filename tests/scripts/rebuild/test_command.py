"""Owns the proof that a rebuild comes to the same documents, and never begins where it must not.

Never starts a process.
Called by pytest.
"""

import json
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from actors.processes.launcher import only_one
from actors.processes.projector_core import Projector
from actors.processes.settings import Settings
from couch_views.client import Documents, DocumentsUnavailableError
from couch_views.embedded.server import EmbeddedServer
from couch_views.embedded.store import FILE_NAME
from couch_views.json_values import JsonObject
from couch_views.opening import open_documents
from couch_views.shapes import document_id
from rabbit.log import Log
from rabbit.open import open_log
from scripts.rebuild.command import REBUILT, UNUSABLE, main
from tests.couch_views.projection.histories import play
from tests.couch_views.projection.records import SECOND
from tests.couch_views.stand_in import standing_in

MARKET: Final = document_id("market", 1)


class Installation:
    """A folder with a log, and documents that the projector made of it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.log: Log = open_log(settings.log, settings.log_folder)
        bodies = play(random.Random(7), requests=30)
        self.log.initialise(tuple(bodies))
        for stream, records in bodies.items():
            with closing(self.log.writer(stream)) as writer:
                list(writer.recover())
                for sequence, body in enumerate(records, 1):
                    writer.append(body, sequence * SECOND)
        with closing(self.open()) as documents:
            projector = Projector(self.log, documents)
            while projector.step(0):
                pass
            projector.close()

    def open(self, *, writer: bool = True) -> Documents:
        return open_documents(self.settings.documents, self.settings.documents_folder, writer=writer)

    def documents(self) -> dict[str, JsonObject]:
        """All but the designs, without their revisions."""
        with closing(self.open(writer=False)) as documents:
            found = documents.get_many(documents.identities(start="a", end="z", limit=10_000))
        return {str(each.pop("_id")): each for each in found if each and each.pop("_rev")}

    def damage(self) -> None:
        """One document is wrong, one is missing, one too many."""
        with closing(self.open()) as documents:
            market, statement = documents.get(MARKET), documents.identities(start="statement", end="t")[0]
            assert market is not None
            wrong = {**market, "name": "Wrong", "sequence": 10**9}
            missing = {**(documents.get(statement) or {}), "_deleted": True}
            documents.bulk([wrong, missing, {"_id": "order" + "9" * 20, "kind": "order"}])


@pytest.fixture(params=["sqlite", "http"])
def installation(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Installation]:
    if request.param == "sqlite":
        yield Installation(Settings(tmp_path))
        return
    server = EmbeddedServer(None, writer=True)
    with standing_in(server) as stand_in:
        monkeypatch.setenv("CREDENCE_DOCUMENTS", stand_in.url)
        yield Installation(Settings(tmp_path, documents=stand_in.url))
    server.close()


@pytest.fixture
def embedded(tmp_path: Path) -> Installation:
    return Installation(Settings(tmp_path))


def run(installation: Installation) -> int:
    return main(["--var", str(installation.settings.var)])


def test_what_is_rebuilt_is_what_was_there_document_by_document(
    installation: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    before = installation.documents()
    installation.damage()
    assert installation.documents() != before
    assert run(installation) == REBUILT
    assert installation.documents() == before
    summary = json.loads(capsys.readouterr().out)
    assert (summary["records"], summary["events"]) > (100, 100)
    assert summary["documents"] > len(before)


def test_the_projector_goes_on_behind_a_rebuild(installation: Installation) -> None:
    before = installation.documents()
    assert run(installation) == REBUILT
    with closing(installation.open()) as documents:
        projector = Projector(installation.log, documents)
        assert projector.step(0) == 0
        projector.close()
    assert installation.documents() == before


@pytest.mark.parametrize("again", ["rebuild", "projector"])
def test_a_rebuild_that_died_is_run_again_or_gone_on_with(
    embedded: Installation, again: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = embedded.documents()
    with monkeypatch.context() as dying:
        dying.setattr("actors.processes.projector_core.EVENTS_PER_STEP", 20)
        steps = iter(range(3))
        step = Projector.step

        def die(projector: Projector, timeout_s: float) -> int:
            if next(steps, None) is None:
                raise DocumentsUnavailableError("died")
            return step(projector, timeout_s)

        dying.setattr(Projector, "step", die)
        assert run(embedded) == UNUSABLE
    assert 0 < len(embedded.documents()) < len(before)
    if again == "rebuild":
        assert run(embedded) == REBUILT
    else:
        with closing(embedded.open()) as documents:
            projector = Projector(embedded.log, documents)
            while projector.step(0):
                pass
            projector.close()
    assert embedded.documents() == before


def test_documents_of_another_format_are_thrown_away_unread(embedded: Installation) -> None:
    before = embedded.documents()
    with closing(sqlite3.connect(embedded.settings.documents_folder / FILE_NAME)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(DocumentsUnavailableError, match="rebuild them"):
        embedded.open()
    assert run(embedded) == REBUILT
    assert embedded.documents() == before


def refused(installation: Installation, capsys: pytest.CaptureFixture[str]) -> str:
    """Runs the command, which must refuse and leave all as it is; gives the reason."""
    before = installation.documents()
    assert run(installation) == UNUSABLE
    assert installation.documents() == before
    return " ".join(capsys.readouterr().err.split())


def test_it_refuses_while_an_exchange_runs_there(
    embedded: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    with only_one(embedded.settings):
        assert "another exchange is running on" in refused(embedded, capsys)


def test_it_refuses_while_a_stream_is_written(
    embedded: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(embedded.log.writer("markets-1")):
        assert "markets-1" in refused(embedded, capsys)
    assert run(embedded) == REBUILT


def test_it_refuses_a_damaged_log_before_anything_is_thrown_away(
    embedded: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    with (
        closing(sqlite3.connect(embedded.settings.log_folder / "accounts-0.sqlite")) as connection,
        connection,
    ):
        [table] = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchone()
        connection.execute(f"DELETE FROM {table} WHERE rowid = 9")  # noqa: S608
    assert "accounts-0" in refused(embedded, capsys)


def test_there_must_be_a_log(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--var", str(tmp_path)]) == UNUSABLE
    assert "initialised" in capsys.readouterr().err
