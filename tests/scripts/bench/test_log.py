"""Owns the tests of the log's benchmark: it measures what it says, on small numbers.

Never judges speed.
Called by pytest.
"""

from pathlib import Path

import pytest

from actors.machines.messages import record
from scripts.bench.log import append_row, body_of, milliseconds, recovery_row


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("events", [1, 10, 100])
def test_a_body_is_a_record_with_as_many_events(events: int) -> None:
    body = record.decode(body_of(events, 1))
    assert (len(body.events), len(body.sent["markets-0"].messages)) == (events, events)


def test_the_rows_tell_figures_and_leave_nothing_behind(tmp_path: Path) -> None:
    appended, recovered = append_row(10, 5), recovery_row(10, 50)
    assert (appended["events"], recovered["events"]) == (10, 10)
    figures = [*appended.values(), *recovered.values()]
    assert all(isinstance(figure, int | float) and figure > 0 for figure in figures)
    assert list((tmp_path / "build").iterdir()) == []


def test_a_percentile_is_one_of_the_figures() -> None:
    seconds = [number / 1_000 for number in range(1, 101)]
    assert (milliseconds(seconds, 50), milliseconds(seconds, 99)) == (51, 100)
