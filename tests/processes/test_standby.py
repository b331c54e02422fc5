"""Owns the tests of the program that stands by: it imports, waits, becomes another, or ends.

Never starts anything of the exchange.
Called by pytest.
"""

import sys
from pathlib import Path
from typing import Final

import psutil
import pytest

from actors.processes.lifeline import Program
from tests.processes.programs import wait_for

MODULE: Final = """
from pathlib import Path
here = Path(__file__).parent
(here / "imported").touch()
def main(lifeline):
    (here / "began").touch()
    return 7
"""


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    (tmp_path / "another.py").write_text(MODULE)
    monkeypatch.setenv("PYTHONPATH", f"{Path.cwd()}:{tmp_path}")
    monkeypatch.setenv("CREDENCE_VAR", str(tmp_path))
    return Program((sys.executable, "-m", "actors.processes.standby", "another", "another"))


def test_it_imports_and_waits_until_it_is_its_turn(program: Program, tmp_path: Path) -> None:
    wait_for((tmp_path / "imported").exists)
    assert " ".join(psutil.Process(program.pid).cmdline()) == f"credence standby-another {tmp_path}"
    assert not (tmp_path / "began").exists()
    program.begin([])
    assert program.process.wait(60) == 7
    assert (tmp_path / "began").exists()
    program.ended(7)


def test_told_to_begin_before_it_has_imported_it_begins_then(program: Program, tmp_path: Path) -> None:
    program.begin([])
    assert program.process.wait(60) == 7
    assert (tmp_path / "began").exists()
    program.ended(7)


def test_it_ends_when_there_is_nobody_who_could_tell_it_to_begin(program: Program, tmp_path: Path) -> None:
    program.ended(0)  # the line is closed
    assert psutil.Process(program.pid).wait(60) in (0, None)
    assert not (tmp_path / "began").exists()
