"""Owns the tests of a host elsewhere: its door is played by the test, its log is in memory or in files.

Never starts a process or a broker: test_takeover does.
Called by pytest.
"""

import gc
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

import msgspec
import pytest
from setproctitle import getproctitle, setproctitle
from structlog.testing import capture_logs

from actors.machines import limits, turn
from actors.machines.messages.commands import Asked, Deposit, GetAccount
from actors.machines.messages.letters import Letter
from actors.machines.messages.posted import MoveMoney
from actors.machines.streams import Streams
from actors.processes import away_host, journal
from actors.processes.away_host import (
    CLAIM_EVERY_S,
    GIVEN_BACK,
    LOST,
    REFUSED,
    SILENT_S,
    TAKE_WITHIN_S,
    AwayHost,
    RefusedError,
    catch_up,
    main,
)
from actors.processes.door_messages import (
    AsksOf,
    AtHome,
    Claim,
    FromAway,
    FromHome,
    Granted,
    LetterFor,
    Moved,
    Refused,
    Released,
    RepliesFor,
    decode_from_away,
)
from actors.processes.gateway_core import Answered
from actors.processes.host_window import ACKNOWLEDGE_AFTER_US
from actors.processes.recovery import Replica
from actors.processes.snapshot_files import SnapshotFiles
from rabbit.door import Door
from rabbit.log import LogCorruptError, LogLockedError, LogUnavailableError, Position
from rabbit.memory import MemoryLog
from tests.processes.fakes.doors import FakeDoor
from tests.processes.workload import register, request

STREAM, PEER = "accounts-0", "accounts-1"
STREAMS: Final = Streams()
_encoder = msgspec.msgpack.Encoder()
_letters = msgspec.msgpack.Decoder(Letter)
_replies = msgspec.msgpack.Decoder(list[tuple[int, Answered]])

Step = Sequence[FromHome] | Callable[[], None]


class PlayedDoor(FakeDoor):
    """Each ``receive`` is one step: messages to hear, or something to happen; after the last, the end."""

    def __init__(self, *steps: Step) -> None:
        super().__init__()
        self.steps = [*steps]
        self.at_end: Callable[[], None] = lambda: None
        self.now = 1_000.0

    def receive(self, seconds: float) -> list[bytes]:
        step: Step = self.steps.pop(0) if self.steps else self.at_end
        if callable(step):
            step()
        else:
            self.bring(*step)
        if not self.to_hear:
            self.now += seconds
        return super().receive(seconds)

    def heard(self) -> list[FromAway]:
        return [decode_from_away(message) for message in self.said]

    def claims(self) -> list[bool]:
        """Whether each claim said that the stream is held."""
        return [message.holds for message in self.heard() if isinstance(message, Claim)]

    def replies(self) -> list[tuple[str, list[int]]]:
        """Gateways, and the correlations of what they were answered."""
        return [
            (message.gateway, [correlation for correlation, _ in _replies.decode(message.payload)])
            for message in self.heard()
            if isinstance(message, RepliesFor)
        ]

    def letters(self) -> list[tuple[str, Letter]]:
        return [
            (message.stream, _letters.decode(message.payload))
            for message in self.heard()
            if isinstance(message, LetterFor)
        ]


@pytest.fixture
def memory() -> Iterator[MemoryLog]:
    log = MemoryLog()
    log.initialise(STREAMS.names)
    yield log
    gc.enable()  # a host does without
    gc.unfreeze()


@pytest.fixture
def play(memory: MemoryLog, monkeypatch: pytest.MonkeyPatch) -> Callable[..., PlayedDoor]:
    """Lets a host live through these steps."""

    def play(*steps: Step) -> PlayedDoor:
        door = PlayedDoor(*steps)
        host = AwayHost(STREAMS, memory, door, Replica(STREAM, STREAMS, None))
        door.at_end = host.ask_to_stop
        monkeypatch.setattr(away_host, "_seconds", lambda: door.now)
        monkeypatch.setattr(away_host, "LOCK_RETRY_S", 0.0)
        host.run(lambda: None)
        return door

    return play


Play = Callable[..., PlayedDoor]


def asks(*asked: tuple[int, Asked], gateway: str = "web") -> AsksOf:
    return AsksOf(gateway, _encoder.encode(asked))


def is_free(log: MemoryLog) -> bool:
    try:
        log.writer(STREAM).close()
    except LogLockedError:
        return False
    return True


# Taking over.


def test_it_claims_until_it_is_granted_the_lock_then_says_that_it_holds(play: Play) -> None:
    door = play([], [], [Granted()])
    assert door.claims() == [False, False, False, True]
    assert door.heard()[-1] == Released()


def test_a_lock_that_is_not_free_yet_is_tried_again(play: Play, memory: MemoryLog) -> None:
    holder = memory.writer(STREAM)
    door = play([Granted()], holder.close)
    assert door.claims() == [False, False, True]


def test_of_an_exchange_that_says_nothing_the_lock_may_be_free(play: Play) -> None:
    door = play(*[[]] * (round(SILENT_S / CLAIM_EVERY_S) + 1), [])
    assert door.claims()[-1]


def test_a_lock_that_is_never_free_is_given_up(play: Play, memory: MemoryLog) -> None:
    with closing(memory.writer(STREAM)), pytest.raises(LogLockedError):
        play(*[[]] * round(TAKE_WITHIN_S / CLAIM_EVERY_S + 2))


def test_an_exchange_that_does_not_let_go_is_given_up(play: Play, memory: MemoryLog) -> None:
    steps: list[Step] = [[AtHome()], *[[]] * round(TAKE_WITHIN_S / CLAIM_EVERY_S + 2)]
    with closing(memory.writer(STREAM)), pytest.raises(RefusedError, match="doesn't let go"):
        play(*steps)


def test_who_is_told_to_stop_before_it_has_the_stream_says_so(play: Play, memory: MemoryLog) -> None:
    door = play()
    assert door.heard()[-1] == Released()
    assert memory.frames(STREAM) == []


@pytest.mark.parametrize(
    "steps", [([Refused("another version")],), ([Granted()], [Refused("another version")])]
)
def test_a_refusal_ends_it_with_the_reason(play: Play, memory: MemoryLog, steps: tuple[Step, ...]) -> None:
    with pytest.raises(RefusedError, match=r"^another version$"):
        play(*steps)
    assert is_free(memory)


def test_what_it_does_not_know_ends_it(memory: MemoryLog) -> None:
    door = PlayedDoor()
    door.to_hear = [b"hello"]
    host = AwayHost(STREAMS, memory, door, Replica(STREAM, STREAMS, None))
    with pytest.raises(RefusedError, match="does not know"):
        host.run(lambda: None)
    assert is_free(memory)


def test_what_was_asked_while_it_took_over_is_answered(play: Play) -> None:
    door = play([Granted(), asks((7, register("bobby")))], [])
    assert door.replies() == [("web", [7])]


def test_it_goes_on_from_what_it_has_read_before_it_had_the_lock(play: Play, memory: MemoryLog) -> None:
    play([Granted()], [asks((1, register("bobby")))])
    door = play([], [Granted()], [asks((2, register("bobby")), (3, register("erika")))])
    assert door.replies() == [("web", [2, 3])]
    records = memory.reader(STREAM).read(Position(), 100)
    assert [record.sequence for record in records] == list(range(1, len(records) + 1))


# Working.


def test_answers_go_to_who_asked_and_what_is_for_others_is_dropped(play: Play) -> None:
    stranger = (9, GetAccount(17))
    door = play(
        [Granted()],
        [asks((1, GetAccount(16)), stranger, gateway="one"), asks((1, GetAccount(16)), gateway="two")],
    )
    assert door.replies() == [("one", [1]), ("two", [1])]


def test_a_turn_is_bounded(play: Play, memory: MemoryLog) -> None:
    many = [asks((number, GetAccount(16))) for number in range(limits.REQUESTS_PER_TURN_MAX + 1)]
    door = play([Granted()], many)
    assert [len(correlations) for _, correlations in door.replies()] == [limits.REQUESTS_PER_TURN_MAX, 1]


def test_letters_leave_are_repeated_and_are_taken(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    staff = [asks((1, register("staff", staff=True)))]
    deposit = [asks((2, request(16, Deposit("alice", 1))))]
    door = play([Granted()], staff, deposit, [], [Moved((PEER,))])
    (first, letter), *again = door.letters()
    assert (first, letter.source, letter.destination) == (PEER, STREAM, PEER)
    assert letter.messages
    assert again == [(PEER, letter)], "who moved may have lost it"


def test_what_comes_by_post_is_taken_and_acknowledged(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0

    def later() -> int:
        nonlocal now
        now += ACKNOWLEDGE_AFTER_US
        return now

    monkeypatch.setattr(away_host, "_now", later)
    deposit = MoveMoney("bobby", 1, withdrawal=False, account_id=17, request_id=1, item=0)
    letter = Letter(PEER, STREAM, 1, (deposit,), 0, 1)
    stray = Letter(PEER, "markets-0", 1, (deposit,), 0, 1)
    door = play(
        [Granted()], [LetterFor(STREAM, _encoder.encode(each)) for each in (letter, stray)], [], [], []
    )
    assert [(where, letter.acknowledged) for where, letter in door.letters()] == [(PEER, 1)]


def test_who_asks_whether_it_is_there_is_told_at_once(play: Play) -> None:
    door = play([Granted()], [AtHome()], [AtHome()])
    assert door.claims() == [False, True, True, True]


def test_a_lock_that_was_lost_ends_it(play: Play, memory: MemoryLog) -> None:
    def lose() -> None:
        memory.free(STREAM)
        memory.writer(STREAM)

    with pytest.raises(LogLockedError):
        play([Granted()], [], lose, [asks((1, register("bobby")))])


def test_a_broker_that_is_lost_ends_it(memory: MemoryLog) -> None:
    door = PlayedDoor([Granted()])

    def lose() -> None:
        door.broken = True

    door.steps.append(lose)
    host = AwayHost(STREAMS, memory, door, Replica(STREAM, STREAMS, None))
    with pytest.raises(LogUnavailableError):
        host.run(lambda: None)
    assert is_free(memory)


def test_a_decision_that_raises_is_reported_and_the_others_go_on(
    play: Play, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def raise_it(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(turn, "decide", raise_it)
    staff = [asks((1, register("staff", staff=True)))]
    door = play([Granted()], staff, [asks((2, request(16, Deposit("alice", 1))), (3, GetAccount(16)))])
    assert door.replies() == [("web", [1]), ("web", [2, 3])]
    assert "a decision raised" in capsys.readouterr().out


# The program.


class Environment:
    """The variables of a host elsewhere, and the log and the door that it finds there."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path, memory: MemoryLog) -> None:
        self.set = monkeypatch.setenv
        self.door = PlayedDoor([Granted()], [])
        self.door.at_end = lambda: os.kill(os.getpid(), signal.SIGTERM)
        self.set("CREDENCE_VAR", str(folder))
        self.set("CREDENCE_LOG", "amqp://guest:guest@127.0.0.1:1/")
        monkeypatch.setattr(journal, "open_journal", lambda *_: None)
        monkeypatch.setattr(away_host, "open_log", lambda *_: memory)
        monkeypatch.setattr(Door, "away", self.open_door)

    def open_door(self, _url: str, _stream: str) -> Door:
        return self.door


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, memory: MemoryLog) -> Iterator[Environment]:
    handlers = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)}
    title = getproctitle()
    with capture_logs():
        yield Environment(monkeypatch, tmp_path, memory)
    setproctitle(title)
    for each, handler in handlers.items():
        signal.signal(each, handler)


def test_it_works_until_a_signal_and_gives_the_stream_back(
    environment: Environment, capsys: pytest.CaptureFixture[str], memory: MemoryLog
) -> None:
    assert main([STREAM]) == GIVEN_BACK
    assert environment.door.claims() == [False, True]
    assert environment.door.closed
    assert is_free(memory)
    assert capsys.readouterr().out.splitlines() == [
        f"{STREAM} is here; SIGTERM or Ctrl-C gives it back",
        f"{STREAM} was given back",
    ]


@pytest.mark.parametrize(
    ("arguments", "variable", "value", "reason"),
    [
        ([], "CREDENCE_DEMO", "0", "one stream is to be named, of accounts-0, accounts-1, markets-0"),
        (
            ["markets-7"],
            "CREDENCE_DEMO",
            "0",
            "one stream is to be named, of accounts-0, accounts-1, markets-0",
        ),
        ([STREAM, PEER], "CREDENCE_DEMO", "0", "one stream is to be named"),
        (
            ["social-0"],
            "CREDENCE_DEMO",
            "0",
            "social-0 follows the other streams: it stays",
        ),
        ([STREAM], "CREDENCE_LOG", "sqlite", "CREDENCE_LOG must be the exchange's broker"),
        ([STREAM], "CREDENCE_LOG", "http://127.0.0.1/", "CREDENCE_LOG must be"),
        (
            [STREAM],
            "CREDENCE_MARKET_STREAMS",
            "4",
            "the log has the streams accounts-0, accounts-1, markets-0",
        ),
    ],
)
def test_what_can_not_be_is_refused_with_a_reason(
    environment: Environment,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    variable: str,
    value: str,
    reason: str,
) -> None:
    environment.set(variable, value)
    assert main(arguments) == REFUSED
    assert f"The stream is not here: {reason}" in capsys.readouterr().err
    assert environment.door.said == []


def test_there_is_one_host_elsewhere_at_most(
    environment: Environment, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_url: str, _stream: str) -> Door:
        raise LogLockedError("it is taken")

    monkeypatch.setattr(Door, "away", refuse)
    assert main([STREAM]) == REFUSED
    assert f"another host has {STREAM} already" in capsys.readouterr().err


def test_what_goes_wrong_is_said(environment: Environment, capsys: pytest.CaptureFixture[str]) -> None:
    environment.door.broken = True
    assert main([STREAM]) == LOST
    assert "The stream is not here (any more): the broker is gone" in capsys.readouterr().err


def test_a_damaged_log_is_said_to_be_read_on_from_a_snapshot(
    memory: MemoryLog, play: Play, tmp_path: Path
) -> None:
    play([Granted()], [asks((1, register("bobby")))])
    replica = Replica(STREAM, STREAMS, None)
    catch_up(replica, memory)
    files = SnapshotFiles(tmp_path, STREAM)
    files.save(replica.state, replica.position, replica.time)
    memory.frames(STREAM).clear()
    with pytest.raises(LogCorruptError, match="read on from a snapshot as of record 1"):
        catch_up(Replica(STREAM, STREAMS, files), memory)
