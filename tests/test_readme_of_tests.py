"""Owns the test of the page for newcomers to these tests: its code runs as it stands there.

Never knows the code: it reads it from the page.
Called by pytest.
"""

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

PAGE: Final = Path(__file__).parent / "README.md"
BLOCK: Final = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def test_the_code_on_the_page_works_as_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names: dict[str, Any] = {"tmp_path": tmp_path, "monkeypatch": monkeypatch}
    page = PAGE.read_text()
    blocks = list(BLOCK.finditer(page))
    assert len(blocks) > 7
    for block in blocks:
        line = page[: block.start(1)].count("\n")
        exec(compile("\n" * line + block[1], str(PAGE), "exec"), names)  # noqa: S102 (the page's own code)


def test_what_is_to_be_run_finds_tests() -> None:
    """Only looked for: each of them runs anyway."""
    commands = [
        command
        for page in (PAGE, PAGE.parent / "rules/README.md")
        for command in re.findall(r"`\.venv/bin/pytest ([^`]+)`", page.read_text())
    ]
    assert len(commands) > 2
    for command in commands:
        asked = [sys.executable, "-m", "pytest", "--collect-only", "-q", *shlex.split(command)]
        found = subprocess.run(asked, cwd=PAGE.parents[1], capture_output=True, text=True, check=False)
        assert (command, found.returncode) == (command, 0), found.stdout + found.stderr


def test_the_page_is_two_pages_long() -> None:
    assert len(PAGE.read_text().splitlines()) < 200
