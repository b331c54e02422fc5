"""Owns the tests of the journal: one line an event, whoever says it and however.

Never leaves the test run's own logging changed.
Called by pytest.
"""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
import structlog

from actors.processes import journal
from actors.processes.settings import Settings
from tests.processes.programs import ROOT

SPEAKERS: Final = 4
LINES: Final = 200

SPEAKER: Final = """
import sys
from pathlib import Path
import structlog
from actors.processes import journal
from actors.processes.settings import Settings
journal.open_journal(Settings(var=Path(sys.argv[1])), sys.argv[2])
for number in range(int(sys.argv[3])):
    structlog.get_logger().info("said", number=number, padding="x" * 5_000)
"""


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    handlers = list(logging.root.handlers)
    yield Settings(var=tmp_path, secret="0123456789abcdef")
    logging.root.handlers = handlers
    if isinstance(factory := structlog.get_config()["logger_factory"], structlog.BytesLoggerFactory):
        assert factory._file is not None
        factory._file.close()
    structlog.reset_defaults()


def lines(settings: Settings) -> list[dict[str, object]]:
    return [json.loads(line) for line in journal.path(settings).read_text().splitlines()]


def test_a_line_carries_what_it_is_said_about(settings: Settings) -> None:
    journal.open_journal(settings, "web")
    with structlog.contextvars.bound_contextvars(request_id="a-1", process="another"):
        structlog.get_logger().error("request failed")
    structlog.get_logger().info("later")
    first, later = lines(settings)
    assert (first["request_id"], first["process"]) == ("a-1", "web")
    assert "request_id" not in later


def test_an_event_is_one_line_that_says_who_and_when(settings: Settings) -> None:
    journal.open_journal(settings, "accounts-0")
    structlog.get_logger().warning("something\nhappened", where=Path("/there"), to={1: "one"})
    (line,) = lines(settings)
    assert str(line.pop("time")).endswith("Z")
    assert line == {
        "event": "something\nhappened",
        "level": "warning",
        "process": "accounts-0",
        "pid": os.getpid(),
        "where": "PosixPath('/there')",
        "to": {"1": "one"},
    }


def test_an_exception_is_told_without_the_values_of_variables(settings: Settings) -> None:
    journal.open_journal(settings, "root")
    password = "correct" + "horse" * len(str(settings.var)[:1])
    try:
        int(password[:0])
    except ValueError as error:
        structlog.get_logger().critical("failed", exc_info=error)
    (line,) = lines(settings)
    assert "ValueError: invalid literal" in str(line["exception"])
    assert password not in str(line)


def test_what_libraries_log_comes_too_from_warnings_on(settings: Settings) -> None:
    library = logging.getLogger("dependency")
    journal.open_journal(settings, "root")
    library.info("not this")
    library.warning("%d things", 3)
    try:
        Path("/gone").read_bytes()
    except OSError:
        library.exception("lost")
    first, second = lines(settings)
    assert (first["event"], first["logger"], first["level"]) == ("3 things", "dependency", "warning")
    assert second["event"] == "lost"
    assert "No such file or directory: '/gone'" in str(second["exception"])


def test_a_record_from_another_process_keeps_its_exception(settings: Settings) -> None:
    journal.open_journal(settings, "logger")
    record = logging.LogRecord("far", logging.ERROR, "", 0, "failed", None, None)
    record.exc_text = "Traceback: there"
    logging.root.handle(record)
    assert lines(settings)[0]["exception"] == "Traceback: there"


def fail(message: str) -> None:
    structlog.get_logger().critical("failed", exc_info=RuntimeError(message))


def test_what_a_process_failed_of_a_moment_ago_is_found_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.open_journal(settings, "accounts-0")
    fail("the first time")
    fail("the second time\nin two lines")
    structlog.get_logger().warning("no failure")
    assert journal.last_words(settings, "accounts-0") == "in two lines"
    assert journal.last_words(settings, "markets-0") is None
    monkeypatch.setattr(journal, "LAST_WORDS_WITHIN", timedelta())
    assert journal.last_words(settings, "accounts-0") is None, "that was long ago"


def test_only_the_end_of_the_journal_is_looked_through_for_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.open_journal(settings, "accounts-0")
    fail("the only time")
    structlog.get_logger().warning("x" * 1_000)
    monkeypatch.setattr(journal, "LAST_WORDS_WITHIN_BYTES", 500)
    assert journal.last_words(settings, "accounts-0") is None


def test_lines_of_different_processes_never_mix(settings: Settings) -> None:
    speakers = [
        subprocess.Popen(
            [sys.executable, "-c", SPEAKER, str(settings.var), f"speaker-{number}", str(LINES)], cwd=ROOT
        )
        for number in range(SPEAKERS)
    ]
    assert [speaker.wait() for speaker in speakers] == [0] * SPEAKERS
    said = [(line["process"], line["number"]) for line in lines(settings)]
    assert sorted(said) == [(f"speaker-{who}", number) for who in range(SPEAKERS) for number in range(LINES)]


def test_a_journal_that_is_too_long_is_put_aside(settings: Settings) -> None:
    journal.rotate(settings)
    settings.journal_folder.mkdir()
    current = journal.path(settings)
    current.write_bytes(b"short")
    journal.rotate(settings)
    assert current.read_bytes() == b"short"
    with current.open("wb") as file:
        file.truncate(journal.JOURNAL_BYTES_MAX + 1)
    journal.rotate(settings)
    assert [file.name for file in settings.journal_folder.iterdir()] == ["journal.1.jsonl"]
