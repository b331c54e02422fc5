"""Owns the proof that a badge that is declared later comes to what it had come to from the beginning.

Never starts a process.
Called by pytest.
"""

import json
from contextlib import closing
from pathlib import Path

import pytest

from actors.machines import limits
from actors.machines.messages.badges import BadgeCounted, BadgeEarned
from actors.machines.messages.following import Follow
from actors.machines.messages.record import Body, decode, encode
from actors.machines.stream import badges, names
from actors.machines.stream.badge_counts import Badges, Declared
from actors.machines.stream.badge_declarations import BADGES
from actors.machines.stream.social import Social
from actors.machines.streams import Streams
from actors.machines.turn import Stream
from actors.processes.launcher import only_one
from actors.processes.local import LocalExchange
from actors.processes.settings import Settings
from actors.processes.social_rederive import rederive
from rabbit.sqlite import SqliteLog
from scripts.badges.command import COUNTED, UNUSABLE, main
from tests.processes.workload import Floor, request
from tests.rabbit.rigs import everything

LATER = ("trader", "explorer", "followed")
NAMES = Streams(1, 1, 2)


def trade(var: Path, later: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> SqliteLog:
    """An exchange that trades and is stopped; some badges are declared only after that."""
    with monkeypatch.context() as before:
        before.setattr(badges, "DECLARED", Declared([each for each in BADGES if each.name not in later]))
        log = SqliteLog(var / "log")
        exchange = LocalExchange(NAMES, log)  # type: ignore[arg-type] # any log will do
        floor = Floor(exchange.ask)
        for number in range(6):
            exchange.ask(floor.sell(5_000 + number, 10))
            exchange.ask(floor.buy(5_000 + number, 10))
        exchange.ask(request(floor.alice, Follow(names.of_member(floor.bobby))))
        for name in NAMES.names:
            exchange.stop(name)
    return log


def known(log: SqliteLog) -> dict[str, Badges]:
    """What the log says of badges."""
    found = {}
    for name in NAMES.social_names:
        stream = Stream(name, NAMES)
        for record in everything(log.reader(name)):
            stream.replay(decode(record.body))
        assert isinstance(stream.machines, Social)
        found[name] = stream.machines.badges
    return found


def comparable(log: SqliteLog) -> object:
    return {
        name: (
            {badge: (tally.fingerprint, tally.tallies()) for badge, tally in sorted(each.tallies.items())},
            {badge: levels for badge, levels in sorted(each.levels.items()) if levels},
        )
        for name, each in known(log).items()
    }


def earned(log: SqliteLog) -> list[BadgeEarned]:
    """Every level, with the entry that earned it, as it stands in the log."""
    found: list[BadgeEarned] = []
    for name in NAMES.social_names:
        for record in everything(log.reader(name)):
            for event in decode(record.body).events:
                if isinstance(event, BadgeEarned):
                    found.append(event)
                elif isinstance(event, BadgeCounted):
                    found += event.earned
    assert len({(each.account_id, each.badge, each.level) for each in found}) == len(found)
    return sorted(found, key=lambda each: (each.account_id, each.badge, each.level))


def entries_of(found: list[BadgeEarned], badges_of: tuple[str, ...]) -> list[tuple[int, str, int]]:
    return [(each.account_id, each.badge, each.level) for each in found if each.badge in badges_of]


@pytest.mark.parametrize("portion", [1, 1_000])
def test_declared_later_is_as_declared_from_the_beginning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], portion: int
) -> None:
    monkeypatch.setattr(limits, "BADGES_COUNTED_AT_ONCE_MAX", portion)
    always = trade(tmp_path / "always", (), monkeypatch)
    later = trade(tmp_path / "later", LATER, monkeypatch)
    assert not set(entries_of(earned(later), LATER))
    assert main(["--var", str(tmp_path / "later")]) == COUNTED
    summary = json.loads(capsys.readouterr().out)
    assert summary["badges"] == sorted(LATER)
    assert summary["earned"]["trader"] > 0
    assert comparable(later) == comparable(always)
    assert entries_of(earned(later), tuple(badges.DECLARED.by_name)) == entries_of(
        earned(always), tuple(badges.DECLARED.by_name)
    )
    assert main(["--var", str(tmp_path / "later")]) == COUNTED
    assert json.loads(capsys.readouterr().out)["badges"] == []


def test_the_entry_that_earned_it_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With no other badges that add entries of their own, ids are equal, too."""
    monkeypatch.setattr(badges, "announce", lambda *_: ())
    only = Declared([each for each in BADGES if each.name == "trader"])
    monkeypatch.setattr(badges, "DECLARED", only)
    always = earned(trade(tmp_path / "always", ("none",), monkeypatch))
    later = trade(tmp_path / "later", ("trader",), monkeypatch)
    assert main(["--var", str(tmp_path / "later")]) == COUNTED
    counted = [each for each in earned(later) if each.badge == "trader"]
    entries = {
        entry.entry_id: entry
        for name in NAMES.social_names
        for record in everything(later.reader(name))
        for event in decode(record.body).events
        if (entry := getattr(event, "entry", None)) is not None
    }
    assert len(counted) == len([each for each in always if each.badge == "trader"]) > 0
    for each in counted:
        assert entries[each.entry_id].account_id == each.account_id
        assert entries[each.entry_id].time == each.time


def test_a_command_that_died_is_run_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    always = trade(tmp_path / "always", (), monkeypatch)
    later = trade(tmp_path / "later", LATER, monkeypatch)
    tally = BadgeCounted("trader", badges.DECLARED.by_name["trader"].fingerprint, ends=False)
    for name in NAMES.social_names:
        with closing(later.writer(name)) as writer:
            list(writer.recover())
            writer.append(encode(Body({}, (tally,), {}, {})), 0)
    assert main(["--var", str(tmp_path / "later")]) == COUNTED
    assert comparable(later) == comparable(always)


def test_streams_made_anew_take_what_was_counted_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = trade(tmp_path, (), monkeypatch)
    newer = [badge._replace(version=9) if badge.name == "trader" else badge for badge in BADGES]
    with monkeypatch.context() as changed:
        changed.setattr(badges, "DECLARED", Declared(newer))
        before = earned(log)
        assert main(["--var", str(tmp_path)]) == COUNTED
        assert earned(log) == before
    for name in NAMES.social_names:
        assert rederive(log, name).difference is None


def test_it_refuses_while_an_exchange_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = trade(tmp_path, LATER, monkeypatch)
    with only_one(Settings(tmp_path)):
        assert main(["--var", str(tmp_path)]) == UNUSABLE
    with closing(log.writer("social-1")):
        assert main(["--var", str(tmp_path)]) == UNUSABLE
    assert not any(each.badge in LATER for each in earned(log))


def test_there_must_be_a_log(tmp_path: Path) -> None:
    assert main(["--var", str(tmp_path)]) == UNUSABLE
