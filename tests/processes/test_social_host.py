"""Owns the tests of a social host's process: when it follows the logs, and what it does without them.

Never tests what the logs lead to; the host is one without Thespian.
Called by pytest.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from actors.machines import limits
from actors.machines.messages.activity import EntryAdded
from actors.machines.messages.record import decode
from actors.processes.host import KEEP_ALIVE, KEEP_ALIVE_S, LOG_RETRY
from actors.processes.settings import Settings
from actors.processes.social_host import FOLLOW, FOLLOW_EVERY_S, NICENESS, SocialHost
from rabbit.log import LogUnavailableError, Reader
from rabbit.open import open_log
from rabbit.sqlite import SqliteLog
from tests.processes.alone import Alone, playing
from tests.processes.workload import register
from tests.rabbit.rigs import everything

SOCIAL = "social-0"


class AloneSocial(SocialHost, Alone):
    """A social host without Thespian."""


@pytest.fixture
def niceness(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    asked: list[int] = []
    monkeypatch.setattr("os.nice", asked.append)
    return asked


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, niceness: list[int]) -> Iterator[Settings]:
    with playing(tmp_path, monkeypatch) as settings:
        yield settings
    assert set(niceness) == {NICENESS}, "trading comes first"


@pytest.fixture
def trading(settings: Settings) -> Alone:
    return Alone(settings)


@pytest.fixture
def social(settings: Settings) -> AloneSocial:
    return AloneSocial(settings, SOCIAL)


def joined(settings: Settings) -> list[str]:
    """Who joined, as the social stream's log says."""
    return [
        event.entry.username
        for record in everything(open_log(settings.log, settings.log_folder).reader(SOCIAL))
        for event in decode(record.body).events
        if isinstance(event, EntryAdded)
    ]


def test_it_follows_the_logs_again_and_again(settings: Settings, trading: Alone, social: AloneSocial) -> None:
    assert social.alarms == [(KEEP_ALIVE_S, KEEP_ALIVE), (FOLLOW_EVERY_S, FOLLOW)]
    trading.ask((1, register("erika")))
    assert joined(settings) == []
    social.wake(FOLLOW)
    assert joined(settings) == ["erika"]
    trading.ask((2, register("bobby")))
    social.wake(FOLLOW)
    social.wake(FOLLOW)
    assert joined(settings) == ["erika", "bobby"]
    assert social.alarms[2:] == [(FOLLOW_EVERY_S, FOLLOW)] * 3


def test_a_backlog_is_taken_a_turn_at_a_time_with_room_for_messages_between(
    settings: Settings, trading: Alone, social: AloneSocial, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "EVENTS_READ_PER_TURN_MAX", 1)
    for number, name in enumerate(("erika", "bobby"), 1):
        trading.ask((number, register(name)))
    social.wake(FOLLOW)
    assert joined(settings) == ["erika"]
    social.wake(FOLLOW)
    social.wake(FOLLOW)
    assert joined(settings) == ["erika", "bobby"]
    assert social.alarms[2:] == [(0.0, FOLLOW), (0.0, FOLLOW), (FOLLOW_EVERY_S, FOLLOW)]


def test_a_log_that_can_t_be_read_is_waited_for_and_read_on_from_where_it_was(
    settings: Settings, trading: Alone, social: AloneSocial, monkeypatch: pytest.MonkeyPatch
) -> None:
    trading.ask((1, register("erika")))
    social.wake(FOLLOW)
    trading.ask((2, register("bobby")))

    def away(*_: object) -> Reader:
        raise LogUnavailableError("the disk is away")

    with monkeypatch.context() as patch:
        patch.setattr("rabbit.rows.RowsReader.follow", away)
        social.wake(FOLLOW)
        patch.setattr(SqliteLog, "reader", away)
        social.wake(FOLLOW)
        social.wake(LOG_RETRY)
        open_log(settings.log, settings.log_folder).writer(SOCIAL).close()
    retries = [payload for _, payload in social.alarms[3:]]
    assert retries == [LOG_RETRY, FOLLOW, FOLLOW, LOG_RETRY], "it keeps no lock meanwhile"
    social.wake(LOG_RETRY)
    social.wake(FOLLOW)
    assert joined(settings) == ["erika", "bobby"]
    assert social.is_ready == 1
