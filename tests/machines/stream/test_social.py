"""Owns the tests of the social machine: its table, what it can't decide, and how far it has read.

Never tests a slice.
Called by pytest.
"""

from typing import Never

import pytest

from actors.machines import limits
from actors.machines.messages.answers import Refused
from actors.machines.messages.commands import ChangeEvent
from actors.machines.messages.events import MarketOpened
from actors.machines.messages.following import Follow
from actors.machines.messages.posted import Instruct, MarketAnnounced
from actors.machines.messages.record import ReadTo
from actors.machines.messages.words import Reason
from actors.machines.stream import social as machine
from actors.machines.stream.social import Social, joined
from actors.machines.stream.state import Reading
from actors.machines.streams import Streams
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
