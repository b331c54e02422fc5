"""Owns the tests of commands that are interrupted: they say so, and show nobody their insides.

Never runs a command for longer than it takes to interrupt it.
Called by pytest.
"""

import runpy
import sys
from pathlib import Path
from types import ModuleType
from typing import Final

import pytest

from scripts.interrupts import INTERRUPTED, interrupts_told

ROOT: Final = Path(__file__).resolve().parents[2]
COMMANDS: Final = sorted(path.parent.name for path in ROOT.glob("scripts/*/command.py"))


def interrupted() -> int:
    raise KeyboardInterrupt


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_that_is_interrupted_says_so(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ModuleType("command")
    monkeypatch.setattr(command, "main", interrupted, raising=False)
    monkeypatch.setitem(sys.modules, f"scripts.{name}.command", command)
    with pytest.raises(SystemExit) as ended:
        runpy.run_module(f"scripts.{name}", run_name="__main__")
    assert (ended.value.code, capsys.readouterr().err) == (INTERRUPTED, "Interrupted.\n")


def test_what_ends_by_itself_has_its_own_status() -> None:
    with pytest.raises(SystemExit) as ended, interrupts_told():
        sys.exit(3)
    assert ended.value.code == 3
