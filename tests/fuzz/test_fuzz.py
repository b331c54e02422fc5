"""Owns the short fuzzing that is part of the tests, and the proof that faults are seen.

Never the long one: that is ``make fuzz``.
Called by pytest.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from resources.middleware.asgi import Application, Event, Receive, Scope, Send
from tests.fuzz.run import Report, Round
from tests.fuzz.sending import ToApplication
from tests.fuzz.stage import Stage
from tests.resources.world import STAFF_PASSWORD, World

ROOT: Final = Path(__file__).resolve().parents[2]
REQUESTS: Final = 1_500
SEEDS: Final = (1, 2)
WITHIN_S: Final = 600

pytestmark = [
    pytest.mark.timeout(WITHIN_S),
    # What schemathesis and hypothesis remark about a description is not about answers.
    pytest.mark.filterwarnings("ignore"),
]


def fuzzed(
    app: Application, count: int, seed: int, *, borders: bool = False, path: str | None = None
) -> Report:
    report, way = Report(), ToApplication(app)
    Round(Stage(way, STAFF_PASSWORD), report, lambda: None, path).run(count, seed, borders=borders)
    way.close()
    return report


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_is_sent_is_answered_as_it_is_described(seed: int) -> None:
    """In a process of its own: chance also draws constants of all modules that happen to be imported."""
    arguments = ["--requests", str(REQUESTS), "--seed", str(seed), "--to-processes", "0"]
    fuzz = subprocess.run(
        [sys.executable, "-m", "tests.fuzz", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
        check=False,
    )
    assert (fuzz.returncode, fuzz.stderr) == (0, ""), fuzz.stdout
    assert f"{REQUESTS:,} requests" in fuzz.stdout


def tampered(app: Application, path: str, **changes: object) -> Application:
    """The application, whose answers to successful requests of this path are not what they should be."""

    async def tampering(scope: Scope, receive: Receive, send: Send) -> None:
        start: Event = {}

        async def changed(event: Event) -> None:
            nonlocal start
            if event["type"] == "http.response.start":
                start = event
                return
            if scope["path"].startswith(path) and start["status"] == 200:
                start = {**start, "status": changes.get("status", 200)}
                content = json.loads(event["body"]) | changes
                event = {**event, "body": json.dumps(content).encode()}
                start["headers"] = [each for each in start["headers"] if each[0] != b"content-length"]
            await send(start)
            await send(event)

        given = [each for each in scope["headers"] if each[0] not in {b"accept-encoding", b"accept"}]
        await app({**scope, "headers": given, "query_string": b""}, receive, changed)

    return tampering


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        ({"state": 5}, "Response violates schema"),
        ({"status": 226}, "Undocumented status code"),
        ({"status": 500}, "Server error"),
    ],
)
def test_an_answer_that_is_not_as_described_is_noticed(
    world: World, changes: dict[str, object], title: str
) -> None:
    app = tampered(world.app, "/v3/exchange/state", **changes)
    report = fuzzed(app, 60, 1, path="/v3/exchange/state/")
    assert title in {fault.what.partition(" (")[0] for fault in report.faults}


def test_one_seed_sends_the_same(world: World, tmp_path: Path) -> None:
    """Else a failure could not be repeated."""
    (tmp_path / "again").mkdir()
    again = World(tmp_path / "again")
    digests = {fuzzed(each.app, 200, 7).digest for each in (world, again)}
    again.close()
    assert len(digests) == 1
