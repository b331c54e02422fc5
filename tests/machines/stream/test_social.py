"""Owns the tests of the social machine: its table, what it can't decide, and how far it has read.

Never tests a slice.
Called by pytest.
"""

from typing import Never

import pytest
from msgspec import structs

from actors.machines import limits
from actors.machines.messages.answers import CancelledResult, Refused, SocialResult
from actors.machines.messages.commands import CancelAll, ChangeEvent
from actors.machines.messages.events import MarketOpened
from actors.machines.messages.following import Follow, Followed
from actors.machines.messages.posted import Instruct, MarketAnnounced
from actors.machines.messages.record import ReadTo
from actors.machines.messages.words import Reason
from actors.machines.stream import social as machine
from actors.machines.stream.social import Social, joined
from actors.machines.stream.state import Reading
from actors.machines.streams import Streams, account_stream_of_id
from actors.machines.turn import Stream
from tests.machines.stream.square import ONE, Square
from tests.machines.town import OpenTown


def test_rules_about_the_same_are_joined_in_order() -> None:
    tables: list[dict[type[object], str]] = [{int: "a", str: "b"}, {int: "c"}]
    assert joined(tables) == {int: ("a", "c"), str: ("b",)}


def test_what_is_no_social_matter_is_not_taken() -> None:
    with pytest.raises(TypeError, match="does not take MarketAnnounced"):
        Social("social-0", ONE).receive(MarketAnnounced(1), 0)


def test_a_poisoned_command_is_answered_and_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    square = Square()
    before = square.social().following.copy()

    def fails(*_: Never) -> Never:
        raise ZeroDivisionError

    monkeypatch.setitem(machine._TAKES, Follow, fails)
    result = square.told(square.bob, Follow("market/1"))
    assert isinstance(result, Refused)
    assert result.reason is Reason.INTERNAL
    assert [problem.what for problem in square.problems] == ["Instruct from accounts-0"]
    assert square.social().following == before
    assert Social("social-0", ONE).poisoned(MarketAnnounced(1)) == []


def test_an_event_that_can_t_be_understood_is_passed_over_loudly() -> None:
    stream = Stream("social-0", ONE)
    turn = stream.turn([], [], 5, 1, [Reading("markets-0", 1, b"d", 5, (MarketOpened(7),))])
    assert [problem.what for problem in turn.problems] == ["MarketOpened of markets-0 1"]
    assert turn.body is None


def test_what_a_command_leads_to_may_raise_and_the_command_is_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else its host would end, be sent the command again, and end again."""
    square = Square()

    def fails(*_: Never) -> Never:
        raise ZeroDivisionError

    monkeypatch.setitem(machine._OBSERVES, Followed, (fails,))
    assert square.told(square.bob, Follow("market/1")) == SocialResult()
    assert [problem.what.split(" of ")[0] for problem in square.problems] == ["Followed"]
    assert "market/1" in square.social().following[square.bob]


def test_what_no_social_stream_takes_does_not_pile_up_and_holds_up_no_cancel(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "MESSAGES_WAITING_MAX", 1)
    square = Square()
    stream = account_stream_of_id(square.bob)
    # The social host is stopped: letters are not delivered.
    follows = [square.request_of(square.bob, Follow(f"market/{number}")) for number in (1, 2, 3)]
    square.turn(stream, [("batch", structs.replace(follows[0], commands=follows[0].commands * 2))])
    assert square.turn(stream, [("next", follows[1])]) is None
    (refused,) = square.results_for("next")
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.UNAVAILABLE
    square.turn(stream, [("cancels", square.request_of(square.bob, CancelAll()))])
    assert square.results_for("cancels") == (CancelledResult(()),)
    square.deliver()
    assert square.told(square.bob, Follow("market/3")) == SocialResult()


def test_what_led_to_nothing_is_noted_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "RECORDS_READ_UNSAID_MAX", 3)
    stream = Stream("social-0", ONE)
    bodies = [
        stream.turn([], [], 5, 1, [Reading("accounts-0", sequence, b"d", 5, ())]).body
        for sequence in (1, 2, 3, 4)
    ]
    assert [body is not None for body in bodies] == [False, False, True, False]
    assert bodies[2] is not None
    assert bodies[2].read == {"accounts-0": ReadTo(3, b"d")}
    assert isinstance(stream.machines, Social)
    assert stream.machines.read == bodies[2].read


def test_only_a_social_stream_reads_others() -> None:
    with pytest.raises(AssertionError, match="follows no log"):
        Stream("markets-0", ONE).turn([], [], 5, 1, [Reading("accounts-0", 1, b"d", 5, ())])


def test_an_exchange_without_social_streams_only_trades() -> None:
    town = OpenTown(streams=Streams(social=0))
    (result,) = town.send(town.bob, Follow("market/1"))
    assert isinstance(result, Refused)
    assert result.reason is Reason.NOT_ALLOWED


def test_a_social_stream_takes_no_staff_s_command() -> None:
    social = Social("social-0", ONE)
    with pytest.raises(KeyError):
        social.receive(Instruct(1, 1, 0, ChangeEvent(1)), 0)
