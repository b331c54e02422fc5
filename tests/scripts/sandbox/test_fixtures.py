"""Owns the test that the fixtures serve an author of a client elsewhere: a project of its own, run by pytest.

Never uses anything of this repository's tests.
Called by pytest.
"""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from scripts.client.operations import orders, place_order
from scripts.client.shapes import NewOrder
from scripts.sandbox.faults import FaultKind
from scripts.sandbox.fixtures import LocalSandbox

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


@pytest.mark.whole
def test_a_project_of_somebody_elses_has_the_fixtures(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "test_mine.py").write_text(TESTS)
    options = ["-q", "-p", "no:schemathesis", "-p", "no:cacheprovider", "-o", "asyncio_mode=auto"]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "."],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "3 passed" in ran.stdout


def test_the_example_of_the_readme_passes(sandbox: LocalSandbox) -> None:
    section = (ROOT / "README.md").read_text().split("## A sandbox for authors of clients")[1]
    match = re.search(r"^```python\n(.*?)^```", section, re.MULTILINE | re.DOTALL)
    assert match is not None
    names: dict[str, Any] = {
        "FaultKind": FaultKind,
        "NewOrder": NewOrder,
        "place_order": place_order,
        "orders": orders,
    }
    exec(match[1], names)  # noqa: S102 (the document's own example)
    names["test_an_order_is_placed_once"](sandbox)
    assert sandbox.control.faults == ()
