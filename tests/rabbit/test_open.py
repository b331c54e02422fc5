"""Owns the tests of choosing a log by configuration.

Never tests a log.
Called by pytest.
"""

from pathlib import Path

import pytest

from rabbit.amqp import AmqpLog
from rabbit.log import LogError
from rabbit.open import open_log
from rabbit.sqlite import SqliteLog


def test_sqlite_is_a_log_in_the_given_folder(tmp_path: Path) -> None:
    open_log("sqlite", tmp_path / "log").initialise(("accounts-0",))
    assert SqliteLog(tmp_path / "log").streams() == ("accounts-0",)


@pytest.mark.parametrize("scheme", ["amqp", "amqps"])
def test_a_broker_s_url_is_a_log_there_and_nothing_is_asked_of_it_yet(tmp_path: Path, scheme: str) -> None:
    log = open_log(f"{scheme}://member:secret@127.0.0.1:1/", tmp_path)
    assert isinstance(log, AmqpLog)
    assert "secret" not in repr(log)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("where", ["", "memory", "SQLITE", "http://member:secret@127.0.0.1/"])
def test_another_log_is_refused_without_showing_a_password(tmp_path: Path, where: str) -> None:
    with pytest.raises(LogError, match=r"CREDENCE_LOG must be sqlite or begin with amqp:// or") as refusal:
        open_log(where, tmp_path)
    assert "secret" not in str(refusal.value)
    assert list(tmp_path.iterdir()) == []
