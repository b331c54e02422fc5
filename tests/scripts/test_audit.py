"""Owns the tests of ``make audit``: what it prints, and its exit status, over logs in SQLite files.

Never repeats what an audit finds.
Called by pytest.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from actors.machines.messages.events import MoneyDeposited
from actors.machines.messages.record import Body
from scripts.audit import BREACHES_SHOWN, main
from tests.processes.kept import keep, lawful_log
from tests.processes.rogue import forge


@pytest.fixture
def var(tmp_path: Path) -> Path:
    """An exchange's state, of which the log is there."""
    log = lawful_log()
    keep({name: list(log.frames(name)) for name in log.streams()}, tmp_path / "log")
    return tmp_path


def verdict(capsys: pytest.CaptureFixture[str]) -> tuple[Any, str]:
    """The last line, and what was said besides."""
    out, err = capsys.readouterr()
    return json.loads(out.splitlines()[-1]), err


@pytest.mark.parametrize("way", ["--var", "--log", "CREDENCE_VAR"])
def test_a_clean_log_is_told_by_its_heads(
    var: Path, way: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CREDENCE_VAR", str(var))
    arguments = {"--var": ["--var", str(var)], "--log": ["--log", str(var / "log")], "CREDENCE_VAR": []}
    assert main(arguments[way]) == 0
    said, shown = verdict(capsys)
    assert (said["ok"], said["breaches"]) == (True, {})
    assert said["records"] == sum(head["sequence"] for head in said["streams"].values()) > 50
    head = said["streams"]["accounts-0"]
    assert head["epoch"] == 2
    assert f"accounts-0  record {head['sequence']} of epoch 2  2026-01-01T00:00:0" in shown
    assert head["hash"] in shown


def test_breaches_are_shown_and_counted(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    forge(var / "log", "accounts-0", Body({}, (MoneyDeposited(16, 1, 1),), {}, {}))
    assert main(["--var", str(var)]) == 1
    said, shown = verdict(capsys)
    assert (said["ok"], said["breaches"]) == (False, {"cause": 1})
    assert "(all markets): MoneyDeposited of 1 for account 16 that nobody asked for" in shown


def test_of_many_breaches_some_are_shown(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    forge(var / "log", "accounts-0", Body({}, (MoneyDeposited(999, 1, 1),) * 30, {}, {}))
    assert main(["--var", str(var)]) == 1
    said, shown = verdict(capsys)
    assert said["breaches"] == {"identity": 30, "cause": 30}
    assert shown.count("money moved for account 999, which isn't there") == BREACHES_SHOWN
    assert "... and 40 more" in shown


def test_a_damaged_stream_is_named_and_the_others_are_read_on(
    var: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (var / "log" / "markets-1.sqlite").unlink()
    assert main(["--var", str(var)]) == 1
    said, shown = verdict(capsys)
    assert [name for name, head in said["streams"].items() if head["stopped"]] == ["markets-1"]
    assert said["breaches"] == {"chain": 1}
    assert "chain at markets-1:1 (all markets): stream markets-1: its file" in shown
    assert said["streams"]["accounts-0"]["sequence"] > 10


@pytest.mark.parametrize("arguments", [["--var", "nowhere"], ["--log", "nowhere"], ["--log", "amqp://?"]])
def test_what_is_no_log_can_not_be_audited(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    assert "The log can't be audited: " in capsys.readouterr().err
