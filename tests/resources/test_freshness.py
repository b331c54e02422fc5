"""Owns the tests of how current documents are, and of whose write is remembered.

Never reads a document.
Called by pytest.
"""

import asyncio

import pytest

from actors.machines import limits
from resources import freshness
from resources.freshness import LastWrites, Progress
from resources.toolkit.positions import Position


def test_the_last_write_of_a_member_is_remembered() -> None:
    writes = LastWrites()
    assert writes.of(1) == {}
    writes.note(1, {"a-0": 1})
    writes.note(1, {"a-0": 2})
    assert writes.of(1) == {"a-0": 2}


def test_who_wrote_longest_ago_is_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MEMBERS_REMEMBERED_MAX", 2)
    writes = LastWrites()
    for account_id in (1, 2, 1, 3):
        writes.note(account_id, {"a-0": account_id})
    assert [bool(writes.of(account_id)) for account_id in (1, 2, 3)] == [True, False, True]


def test_the_newest_write_is_of_all_members_and_streams() -> None:
    writes = LastWrites()
    for account_id, position in ((1, {"a-0": 3}), (2, {"a-0": 2, "b-0": 5}), (1, {"a-0": 4})):
        writes.note(account_id, position)
    assert writes.newest == {"a-0": 4, "b-0": 5}


class Steps:
    """Comes one further with every look."""

    def __init__(self, *, fails_at: int = 0) -> None:
        self.looks = 0
        self._fails_at = fails_at

    async def look(self) -> Position:
        self.looks += 1
        if self.looks == self._fails_at:
            message = "the store is down"
            raise ConnectionError(message)
        return {"a-0": self.looks}


async def test_what_is_reached_is_waited_for() -> None:
    steps = Steps()
    assert await Progress(steps.look).reach({"a-0": 3}, 60)
    assert steps.looks == 3


async def test_what_was_seen_is_not_looked_for_again() -> None:
    steps = Steps()
    progress = Progress(steps.look)
    progress.seen({"a-0": 8}, 0.0)
    assert await progress.reach({"a-0": 8}, 60)
    assert steps.looks == 0


async def test_what_does_not_come_in_time_is_not_reached() -> None:
    assert not await Progress(Steps().look).reach({"b-0": 1}, 0.02)
    assert not await Progress(Steps().look).reach({"b-0": 1}, 0)


async def test_however_many_wait_one_of_them_looks() -> None:
    steps = Steps()
    progress = Progress(steps.look)
    reached = await asyncio.gather(*(progress.reach({"a-0": 5}, 60) for _ in range(100)))
    assert (all(reached), steps.looks) == (True, 5)


async def test_a_look_that_fails_is_the_failure_of_all_who_wait() -> None:
    progress = Progress(Steps(fails_at=2).look)
    outcomes = await asyncio.gather(
        *(progress.reach({"a-0": 5}, 60) for _ in range(3)), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes] == [ConnectionError] * 3
    assert await progress.reach({"a-0": 4}, 60)


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is, what was seen in a test was seen a moment ago."""
    for name in ("_MARK_LOOK_AFTER_S", "_MARK_FRESH_S"):
        monkeypatch.setattr(freshness, name, 30.0)


@pytest.mark.usefixtures("unhurried")
async def test_a_mark_stays_as_long_as_the_documents_come_no_further() -> None:
    progress = Progress(Steps().look)
    now = asyncio.get_running_loop().time()
    progress.seen({"a-0": 1}, now)
    first = progress.mark()
    assert first is not None
    progress.seen({"a-0": 1}, now)
    assert progress.mark() == first
    progress.seen({"a-0": 2}, now)
    assert progress.mark() not in {first, None}


@pytest.mark.usefixtures("unhurried")
async def test_where_nobody_has_looked_lately_there_is_no_mark_and_somebody_begins_to_look() -> None:
    steps = Steps()
    progress = Progress(steps.look)
    assert progress.mark() is None
    assert await progress.reach({"a-0": 1}, 60)
    assert progress.mark() is not None
    assert steps.looks == 1


@pytest.mark.usefixtures("unhurried")
async def test_who_saw_it_earlier_says_nothing_of_now() -> None:
    progress = Progress(Steps().look)
    progress.seen({"a-0": 1}, asyncio.get_running_loop().time() - 60)
    assert progress.mark() is None
