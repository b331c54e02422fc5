"""Owns the tests of the command that makes the social streams anew: what it says of a var folder.

Never tests how a difference is found.
Called by pytest.
"""

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from actors.machines.messages.known_events import MemberMet
from actors.machines.messages.record import Body, encode
from actors.machines.streams import Streams
from actors.processes.local import LocalExchange
from rabbit.sqlite import SqliteLog
from scripts.rederive.command import DIFFERENT, EQUAL, UNUSABLE, main
from tests.processes.workload import Floor


class Traded:
    """An exchange in a var folder that has traded and is stopped."""

    def __init__(self, var: Path, streams: Streams = Streams()) -> None:
        self.log = SqliteLog(var / "log")
        exchange = LocalExchange(streams, self.log)  # type: ignore[arg-type] # any log will do
        floor = Floor(exchange.ask)
        exchange.ask(floor.buy(5_000, 10))
        for name in streams.names:
            exchange.stop(name)

    def forge(self) -> None:
        with closing(self.log.writer("social-0")) as writer:
            self.end = [record.sequence for record in writer.recover()][-1]
            writer.append(encode(Body({}, (MemberMet(7, "nobody"),), {}, {})), 0)


def said(capsys: pytest.CaptureFixture[str]) -> tuple[dict[str, Any], str]:
    """The summary, and what was said beside it."""
    captured = capsys.readouterr()
    return json.loads(captured.out), captured.err


@pytest.mark.parametrize("social", [0, 1, 2])
def test_what_is_as_it_had_to_be(tmp_path: Path, capsys: pytest.CaptureFixture[str], social: int) -> None:
    Traded(tmp_path, Streams(social=social))
    assert main(["--var", str(tmp_path)]) == EQUAL
    summary, lines = said(capsys)
    assert (summary["streams"], summary["differences"]) == (social, 0)
    assert (summary["events"] > 0) == (social > 0)
    assert lines.count("are what they had to be") == social


def test_the_first_difference_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    traded = Traded(tmp_path)
    traded.forge()
    assert main(["--var", str(tmp_path)]) == DIFFERENT
    summary, lines = said(capsys)
    assert (summary["records"], summary["differences"]) == (traded.end, 1)
    assert f"social-0: record {traded.end + 1} is not: nothing leads to it" in lines


def test_without_a_log_there_is_nothing_to_compare(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["--var", str(tmp_path)]) == UNUSABLE
    assert "has not been initialised yet" in capsys.readouterr().err
    monkeypatch.setenv("CREDENCE_PORT", "none")
    assert main([]) == UNUSABLE
    assert "CREDENCE_PORT" in capsys.readouterr().err
