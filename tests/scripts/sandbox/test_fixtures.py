"""Owns the test that the fixtures serve an author of a client elsewhere: a project of its own, run by pytest.

Never uses anything of this repository's tests.
Called by pytest.
"""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[3]
CONFTEST: Final = 'pytest_plugins = ["scripts.sandbox.fixtures"]\n'
TESTS: Final = """
import httpx

from scripts.client.operations import account
from scripts.sandbox.faults import FaultKind


def test_my_client_in_this_process(sandbox):
    sandbox.control.switch_on(FaultKind.UNAVAILABLE, method="GET")
    with sandbox.client("ada") as ada:
        assert ada.do(account()).username == "ada"
    assert sandbox.waits.waited == 1


async def test_my_client_for_an_event_loop(sandbox):
    async with await sandbox.async_client("ben") as ben:
        assert (await ben.do(account())).username == "ben"


def test_my_client_over_a_socket(sandbox_server):
    assert httpx.get(f"{sandbox_server.url}/v3/markets/").json()["markets"]
"""
MISSPELT: Final = """
from scripts.client.shapes import NewOrder

order = NewOrder("1", "1", "bid", 1000, 10_000)  # type: ignore[arg-type]
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder beside this repository's, with what the README says, word by word."""
    section = (ROOT / "README.md").read_text().split("## A sandbox for authors of clients")[1]
    (tmp_path / "credence").symlink_to(ROOT)
    made = tmp_path / "bot"
    made.mkdir()
    (made / "conftest.py").write_text(CONFTEST)
    for name, language in (("pyproject.toml", "toml"), ("test_readme.py", "python")):
        block = re.search(rf"^```{language}\n(.*?)^```", section, re.MULTILINE | re.DOTALL)
        assert block is not None
        (made / name).write_text(block[1])
    return made


def run(project: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", *arguments]
    ran = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False, timeout=300)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


@pytest.mark.whole
def test_a_project_of_somebody_elses_has_the_fixtures(project: Path) -> None:
    (project / "test_mine.py").write_text(TESTS)
    assert "4 passed" in run(project, "pytest", "-q", "-p", "no:cacheprovider")


@pytest.mark.whole
def test_a_project_of_somebody_elses_is_typed(project: Path) -> None:
    (project / "misspelt.py").write_text(MISSPELT)
    said = run(project, "mypy", "--cache-dir", os.devnull, ".")
    assert "no issues found in 3 source files" in said
