"""Owns the tests of the host's process: a host without Thespian, whose every message the test plays.

Never tests what a turn decides.
Called by pytest.
"""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from actors.machines import limits
from actors.machines.messages.commands import Asked, Deposit, GetAccount
from actors.machines.messages.letters import Letter
from actors.processes import host as host_module
from actors.processes.gateway_core import Answered
from actors.processes.host import KEEP_ALIVE, KEEP_ALIVE_S, LOG_RETRY, SENDING_S_MAX
from actors.processes.host_window import REPEAT_AFTER_US
from actors.processes.protocol import Asks, Directory, Letters, Returned, Undecided
from actors.processes.settings import Settings
from rabbit.log import LogCorruptError, Position
from rabbit.open import open_log
from tests.processes.alone import Alone, playing
from tests.processes.workload import register, request

STREAM, PEER, MARKET = "accounts-0", "accounts-1", "markets-0"
_asks = msgspec.msgpack.Encoder()
_letters = msgspec.msgpack.Decoder(Letter)
_replies = msgspec.msgpack.Decoder(list[tuple[int, Answered | Undecided]])


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    with playing(tmp_path, monkeypatch) as settings:
        yield settings


@pytest.fixture
def host(settings: Settings) -> Alone:
    return Alone(settings)


def question(correlation: int) -> tuple[int, Asked]:
    return correlation, GetAccount(16)


# Birth and end.


def test_it_recovers_and_is_ready(host: Alone) -> None:
    assert host.is_ready == 1
    assert host.alarms == [(KEEP_ALIVE_S, KEEP_ALIVE)]


def test_waiting_for_the_log_is_a_state(settings: Settings) -> None:
    holder = open_log(settings.log, settings.log_folder).writer(STREAM)
    host = Alone(settings)
    host.ask(question(1))
    host.wake(KEEP_ALIVE)
    host.wake(LOG_RETRY)
    assert host.is_ready == 0
    assert host.turned_away() == [1]
    assert [payload for _, payload in host.alarms] == [KEEP_ALIVE, LOG_RETRY, KEEP_ALIVE, LOG_RETRY]
    holder.close()
    host.wake(LOG_RETRY)
    host.take_over()
    host.ask(question(2))
    assert (host.is_ready, host.turned_away(), host.replies()[-1]) == (1, [1], ("web", [2]))


def test_a_damaged_log_is_no_reason_to_wait(settings: Settings) -> None:
    host = Alone(settings)
    host.ask((1, register("bobby")))
    host.stop()
    (file,) = settings.log_folder.glob(f"{STREAM}.sqlite")
    content = file.read_bytes()
    file.write_bytes(content.replace(b'"bobby"', b'"bobbi"'))
    with pytest.raises(LogCorruptError):
        Alone(settings)


def test_stopping_gives_the_lock_back_and_takes_nothing_more(host: Alone, settings: Settings) -> None:
    host.ask((1, register("bobby")))
    host.stop()
    open_log(settings.log, settings.log_folder).writer(STREAM).close()
    host.take_over()
    assert len(host.sent) == 1


def test_it_keeps_its_lock_alive(host: Alone) -> None:
    host.wake(KEEP_ALIVE)
    assert host.alarms == [(KEEP_ALIVE_S, KEEP_ALIVE)] * 2


def test_a_host_that_loses_the_log_answers_nothing_it_was_appending_and_recovers_when_it_can(
    staffed: Alone, settings: Settings
) -> None:
    staffed.meet(accounts_0="me", accounts_1="there")
    staffed.ask((2, register("erika")))
    (settings.log_folder / f"{STREAM}.lock").unlink()
    replacement = open_log(settings.log, settings.log_folder).writer(STREAM)
    staffed.ask((3, register("bobby")))
    staffed.take_over()
    assert staffed.replies() == [("web", [2])], "what is in doubt is neither answered nor turned away"
    staffed.hear(Letters(_asks.encode(Letter(PEER, STREAM, 1, (), 0, 1))), "there")
    staffed.hear(Returned(PEER), "there")
    staffed.wake(None)
    staffed.ask((2, register("erika")), (3, register("bobby")), (4, register("clara")))
    assert staffed.turned_away() == [4], "of what came twice and was taken once, nothing is said"
    staffed.take_over()
    replacement.close()
    staffed.wake(LOG_RETRY)
    assert staffed.sent[-1][:2] == ("there", Returned(STREAM)), "its peers send again what it has lost"
    staffed.take_over()
    staffed.ask((5, register("erika")), (6, register("bobby")))
    assert staffed.is_ready == 1, "it is where it was"
    assert (staffed.turned_away(), staffed.replies()[-1]) == ([4], ("web", [5, 6]))


def test_a_log_that_is_lost_while_idle_turns_away_what_is_asked_then(host: Alone, settings: Settings) -> None:
    (settings.log_folder / f"{STREAM}.lock").unlink()
    replacement = open_log(settings.log, settings.log_folder).writer(STREAM)
    host.wake(KEEP_ALIVE)
    host.ask((1, register("bobby")))
    assert host.turned_away() == [1]
    replacement.close()


# Turns and answers.


def test_what_is_asked_is_answered_to_who_asked(host: Alone) -> None:
    host.ask(question(7), question(8), sender="one web")
    host.ask(question(7), sender="another web")
    assert host.replies() == [("one web", [7, 8]), ("another web", [7])]


def test_all_that_has_arrived_is_one_turn(host: Alone, settings: Settings) -> None:
    def count() -> int:
        return len(open_log(settings.log, settings.log_folder).reader(STREAM).read(Position(), 100))

    before = count()
    host.ask((1, register("bobby")), waiting=(Asks(b""),))
    host.ask((2, register("erika")), sender="another web", waiting=(Letters(b""), Directory()))
    assert host.sent == []
    host.ask((3, register("grace")))
    assert count() == before + 1
    assert host.replies() == [("web", [1, 3]), ("another web", [2])]


def test_a_message_that_is_no_turn_is_not_waited_for(host: Alone) -> None:
    host.ask(question(1), waiting=(Directory(),))
    assert host.replies() == [("web", [1])]


def test_a_turn_is_bounded(host: Alone) -> None:
    asks = [question(number) for number in range(limits.REQUESTS_PER_TURN_MAX)]
    host.ask(*asks, waiting=(Asks(b""),))
    assert [len(correlations) for _, correlations in host.replies()] == [limits.REQUESTS_PER_TURN_MAX]


def test_answers_gather_while_the_last_ones_are_on_their_way(host: Alone) -> None:
    host.ask(question(1))
    host.ask(question(2))
    host.ask(question(3))
    host.ask(question(4), sender="another web")
    assert host.replies() == [("web", [1]), ("another web", [4])]
    host.take_over(0)
    assert host.replies()[2:] == [("web", [2, 3])]
    host.take_over(2)
    assert len(host.sent) == 3


def test_answers_for_a_gateway_that_is_gone_are_dropped(host: Alone) -> None:
    host.ask(question(1))
    host.ask(question(2))
    host.take_over(0, taken=False)
    assert host.replies() == [("web", [1])]
    host.ask(question(3))
    assert host.replies()[1:] == [("web", [3])]


def test_a_message_of_which_nothing_is_heard_is_given_up(
    host: Alone, monkeypatch: pytest.MonkeyPatch
) -> None:
    host.ask(question(1))
    monkeypatch.setattr(host_module, "SENDING_S_MAX", 0.0)
    host.ask(question(2))
    assert host.replies() == [("web", [1]), ("web", [2])]
    assert SENDING_S_MAX > 10, "longer than a message may be under way"


# Letters. A member of staff moves money to another account stream: that is one letter.


@pytest.fixture
def staffed(host: Alone) -> Alone:
    """A host with a member of staff (account 16) whose first answer was taken."""
    host.ask((1, register("staff", staff=True)))
    host.take_over()
    host.sent.clear()
    return host


def deposit(correlation: int, username: str = "alice") -> tuple[int, Asked]:
    return correlation, request(16, Deposit(username, 1))


def test_letters_go_to_where_their_stream_is(staffed: Alone) -> None:
    staffed.meet(accounts_0="me", accounts_1="there", markets_0="elsewhere", projector="no stream")
    staffed.ask(deposit(2))
    ((where, letter),) = staffed.letters()
    assert (where, letter.source, letter.destination) == ("there", STREAM, PEER)


def test_letters_wait_for_their_stream_to_be_somewhere(staffed: Alone) -> None:
    staffed.ask(deposit(2))
    staffed.ask(deposit(3))
    assert staffed.letters() == []
    assert staffed.alarms == [(KEEP_ALIVE_S, KEEP_ALIVE)], "there is no use in trying again by the clock"
    staffed.meet(accounts_1="there")
    ((_, letter),) = staffed.letters()
    assert len(letter.messages) == 2


def test_a_stream_that_moved_gets_its_letters_again(staffed: Alone) -> None:
    staffed.meet(accounts_1="there")
    staffed.ask(deposit(2))
    staffed.take_over()
    staffed.meet(accounts_1="there", markets_0="elsewhere")
    assert len(staffed.letters()) == 1, "it has not moved"
    staffed.meet(accounts_1="its new place")
    assert [where for where, _ in staffed.letters()] == ["there", "its new place"]


def test_a_stream_that_was_recovered_where_it_was_gets_its_letters_again(staffed: Alone) -> None:
    staffed.meet(accounts_1="there")
    staffed.ask(deposit(2))
    staffed.take_over()
    staffed.hear(Returned(PEER), "there")
    assert [where for where, _ in staffed.letters()] == ["there", "there"]


def test_a_letter_comes_back_by_the_clock_and_only_by_its_own_alarm(
    staffed: Alone, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1_000_000_000
    monkeypatch.setattr(host_module, "_now", lambda: now)
    staffed.meet(accounts_1="there")
    staffed.ask(deposit(2))
    staffed.take_over()
    assert staffed.alarms[-1] == (REPEAT_AFTER_US / 1_000_000, now + REPEAT_AFTER_US)
    now += REPEAT_AFTER_US
    staffed.wake(now - 1)
    assert len(staffed.letters()) == 1, "an alarm for something that is settled"
    staffed.wake(now)
    assert len(staffed.letters()) == 2


def test_what_comes_by_post_is_taken_and_answered_by_post(settings: Settings) -> None:
    ours, theirs = Alone(settings), Alone(settings, PEER)
    ours.meet(accounts_1="theirs")
    theirs.meet(accounts_0="ours")
    ours.ask((1, register("staff", staff=True)))
    ours.take_over()
    theirs.ask((1, register("alice")))
    ours.ask(deposit(2))
    theirs.hear(ours.sent[-1][1], "ours")
    assert isinstance(theirs.sent[-1][1], Letters)
    ours.hear(theirs.sent[-1][1], "theirs")
    assert ours.replies() == [("web", [1]), ("web", [2])]


def test_what_is_meant_for_another_stream_is_neither_answered_nor_taken(staffed: Alone) -> None:
    staffed.ask((2, GetAccount(17)), question(3))
    assert staffed.replies() == [("web", [3])]
    staffed.hear(Letters(_asks.encode(Letter(MARKET, PEER, 1, (), 0, 1))), "elsewhere")
    assert len(staffed.sent) == 1


def test_a_message_it_does_not_know_changes_nothing(host: Alone) -> None:
    host.hear("what is this?")
    assert host.sent == []


def test_what_raises_while_sending_goes_on_ends_the_process(
    staffed: Alone, monkeypatch: pytest.MonkeyPatch
) -> None:
    staffed.ask(question(2))
    staffed.ask(question(3))

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(host_module, "encode_replies", broken)
    with pytest.raises(ZeroDivisionError):
        staffed.take_over()
