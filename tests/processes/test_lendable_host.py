"""Owns the tests of lending a stream: a host without Thespian or broker, whose door the test plays.

Never tests what a host does that lends nothing.
Called by pytest.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from thespian.actors import ActorAddress, WatchMessage

from actors.processes import lendable_host, transport
from actors.processes.door_messages import (
    AsksOf,
    AtHome,
    Claim,
    FromHome,
    Granted,
    LetterFor,
    Moved,
    Refused,
    Released,
    RepliesFor,
    decode_from_home,
)
from actors.processes.host import LOG_RETRY
from actors.processes.lendable_host import GATEWAYS_MAX, LEASE_S, LOOK, LOOK_EVERY_S, LendableHost
from actors.processes.protocol import Asks, Directory, Letters, Replies, Returned, Start
from actors.processes.settings import Settings
from actors.processes.version import VERSION
from rabbit.door import Door
from rabbit.log import Log, LogLockedError, LogUnavailableError, Writer
from rabbit.open import open_log
from tests.processes.fakes.doors import FakeDoor

STREAM, MARKET = "accounts-0", "markets-0"
OTHERS = ("accounts-1", "markets-0", "markets-1", "social-0")
WEB = ActorAddress("web")
CLAIM, HOLDING = Claim("elsewhere"), Claim("elsewhere", holds=True)


class EndedError(Exception):
    """The host's process has ended in order."""


class Alone(LendableHost):
    """A host without Thespian, which notes what it sends."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.name, self.settings = STREAM, settings
        self.is_ready = 0
        self.alarms: list[tuple[float, object]] = []
        self.sent: list[tuple[str, object]] = []
        self.start(Start(STREAM, settings, (STREAM,)))

    def ready(self) -> None:
        self.is_ready += 1

    def wake_after(self, seconds: float, payload: object = None) -> None:
        self.alarms.append((seconds, payload))

    def send(self, address: ActorAddress, message: object) -> None:
        self.sent.append((address.actorAddressString, message))

    def _end(self) -> None:  # type: ignore[override] # the process of a test does not end
        self.stop()
        raise EndedError

    def meet(self, **addresses: str) -> None:
        named = {name.replace("_", "-"): ActorAddress(where) for name, where in addresses.items()}
        self.receive(Directory(named), ActorAddress("supervisor"))


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> FakeDoor:
    """The one that the host opens."""
    door = FakeDoor()
    monkeypatch.setattr(Door, "at_home", lambda _url, _stream: door)
    return door


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    settings = Settings(var=tmp_path)
    open_log(settings.log, settings.log_folder).initialise(settings.streams.names)
    monkeypatch.setattr(transport, "waiting_messages", lambda _actor: [])
    return settings


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Lets seconds pass."""
    now = 1_000.0

    def passes(seconds: float) -> None:
        nonlocal now
        now += seconds

    monkeypatch.setattr(lendable_host, "_now", lambda: now)
    return passes


@pytest.fixture
def host(settings: Settings, door: FakeDoor, clock: Callable[[float], None]) -> Iterator[Alone]:
    """At home, at work, and at its door."""
    host = Alone(settings)
    host.wake(LOOK)
    yield host
    host.stop()


@pytest.fixture
def holder(settings: Settings) -> Iterator[Writer]:
    """Somebody else has the stream's lock."""
    with closing(open_log(settings.log, settings.log_folder).writer(STREAM)) as writer:
        yield writer


@pytest.fixture
def stand_in(
    settings: Settings, door: FakeDoor, holder: Writer, clock: Callable[[float], None]
) -> Iterator[Alone]:
    """A host that found the lock taken, and its holder at the door."""
    host = Alone(settings)
    door.bring(HOLDING)
    host.wake(LOG_RETRY)
    door.said.clear()
    yield host
    host.stop()


def said(door: FakeDoor) -> list[FromHome]:
    messages = [decode_from_home(message) for message in door.said]
    door.said.clear()
    return messages


def is_free(settings: Settings) -> bool:
    try:
        open_log(settings.log, settings.log_folder).writer(STREAM).close()
    except LogLockedError:
        return False
    return True


# At home.


def test_it_works_like_any_host_and_looks_at_its_door_now_and_then(host: Alone, door: FakeDoor) -> None:
    assert host.is_ready == 1
    assert host.alarms[-1] == (LOOK_EVERY_S, LOOK)
    assert host.watched() == [], "a turn is not to be disturbed"
    assert said(door) == []


def test_a_claim_gets_the_lock(host: Alone, settings: Settings, door: FakeDoor) -> None:
    assert not is_free(settings)
    door.bring(CLAIM)
    host.wake(LOOK)
    assert is_free(settings)
    assert said(door) == [Granted()]
    assert host.watched() == [door.descriptor]


def test_a_claim_of_another_version_gets_words(host: Alone, settings: Settings, door: FakeDoor) -> None:
    door.bring(Claim("elsewhere", version="another"))
    host.wake(LOOK)
    assert not is_free(settings)
    reason = f"the exchange runs version {VERSION}, this host is of version another"
    assert said(door) == [Refused(reason)]


def test_one_who_says_that_it_holds_what_is_held_here_is_history(
    host: Alone, settings: Settings, door: FakeDoor
) -> None:
    door.bring(HOLDING)
    host.wake(LOOK)
    assert not is_free(settings)
    assert (said(door), host.watched()) == ([], [])


def test_one_who_did_not_get_the_stream_changes_nothing_by_giving_it_back(
    host: Alone, settings: Settings, door: FakeDoor
) -> None:
    door.bring(Claim("elsewhere", version="another"), Released())
    host.wake(LOOK)
    assert not is_free(settings)


def test_what_nobody_understands_is_passed_over(host: Alone, settings: Settings, door: FakeDoor) -> None:
    door.to_hear = [b"hello"]
    door.bring(CLAIM)
    host.wake(LOOK)
    assert said(door) == [Granted()]


def test_a_door_that_is_lost_is_opened_anew_without_harm(
    host: Alone, settings: Settings, door: FakeDoor, clock: Callable[[float], None]
) -> None:
    door.broken = True
    host.wake(LOOK)
    assert door.closed
    host.wake(LOOK)
    assert door.closed, "not more often than it is looked at"
    door.broken = False
    clock(LOOK_EVERY_S)
    door.bring(CLAIM)
    host.wake(LOOK)
    assert said(door) == [Granted()]


@pytest.mark.parametrize("error", [LogUnavailableError("no broker"), LogLockedError("the last one is there")])
def test_a_door_that_can_not_be_opened_is_waited_for(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def refuse(_url: str, _stream: str) -> Door:
        raise error

    monkeypatch.setattr(Door, "at_home", refuse)
    host = Alone(settings)
    host.wake(LOOK)
    assert (host.is_ready, host.alarms[-1]) == (1, (LOOK_EVERY_S, LOOK))
    host.stop()


def test_without_its_log_it_does_not_wait_for_its_door_as_well(
    settings: Settings, door: FakeDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_log: Log, _stream: str) -> Writer:
        raise LogUnavailableError("no broker")

    monkeypatch.setattr(type(open_log(settings.log, settings.log_folder)), "writer", away)
    door.broken = True
    host = Alone(settings)
    host.wake(LOOK)
    host.wake(LOG_RETRY)
    assert not door.closed, "it was not opened"
    host.stop()


# Lent.


@pytest.fixture
def lent(host: Alone, door: FakeDoor) -> Alone:
    door.bring(CLAIM)
    host.wake(LOOK)
    door.said.clear()
    return host


def test_what_is_for_the_stream_goes_through_the_door(lent: Alone, door: FakeDoor) -> None:
    lent.receive(Asks(b"asks"), WEB)
    lent.receive(Letters(b"letter"), ActorAddress(MARKET))
    assert said(door) == [AsksOf(str(WEB), b"asks"), LetterFor(STREAM, b"letter")]


def test_each_further_claim_is_granted_again(lent: Alone, door: FakeDoor) -> None:
    door.bring(CLAIM)
    lent.receive(WatchMessage([door.descriptor]), ActorAddress(None))
    assert said(door) == [Granted()]


def test_its_own_alarms_are_over(lent: Alone, settings: Settings) -> None:
    alarms = len(lent.alarms)
    lent.wake("keep alive")
    lent.wake(17)
    assert len(lent.alarms) == alarms
    assert is_free(settings), "it doesn't take its lock again either"


def test_once_the_claimant_works_it_ends_so_that_the_others_ask_again(lent: Alone, door: FakeDoor) -> None:
    door.bring(HOLDING)
    with pytest.raises(EndedError):
        lent.wake(LOOK)
    assert door.closed


def test_a_claimant_that_is_not_heard_of_any_more_has_lost_its_claim(
    lent: Alone, door: FakeDoor, clock: Callable[[float], None]
) -> None:
    clock(LEASE_S)
    lent.wake(LOOK)
    assert said(door) == [AtHome()]
    clock(0.1)
    with pytest.raises(EndedError):
        lent.wake(LOOK)


# Standing in.


def test_who_finds_the_lock_taken_asks_at_the_door_and_stands_in_for_the_holder(
    settings: Settings, door: FakeDoor, holder: Writer
) -> None:
    host = Alone(settings)
    assert (host.is_ready, said(door)) == (0, [AtHome()])
    door.bring(HOLDING)
    host.wake(LOG_RETRY)
    assert host.is_ready == 1
    assert said(door) == [AtHome(), Moved(OTHERS)]
    alarms = len(host.alarms)
    host.wake(LOG_RETRY)
    assert len(host.alarms) == alarms, "it does not try to get the lock any more"
    host.stop()


def test_a_lock_that_nobody_at_the_door_has_is_waited_for(
    settings: Settings, door: FakeDoor, holder: Writer
) -> None:
    host = Alone(settings)
    host.wake(LOG_RETRY)
    assert host.is_ready == 0
    holder.close()
    host.wake(LOG_RETRY)
    assert host.is_ready == 1
    host.stop()


def test_a_stream_that_was_recovered_where_it_was_is_told_to_who_has_this_one(
    stand_in: Alone, door: FakeDoor
) -> None:
    stand_in.receive(Returned("markets-0"), ActorAddress("there"))
    assert said(door)[-1] == Moved(("markets-0",))


def test_answers_go_to_the_gateway_that_asked(stand_in: Alone, door: FakeDoor) -> None:
    stand_in.receive(Asks(b"asks"), WEB)
    door.bring(RepliesFor(str(WEB), b"answers"), RepliesFor("nobody", b"answers"))
    stand_in.receive(WatchMessage([door.descriptor]), ActorAddress(None))
    assert stand_in.sent == [("web", Replies(b"answers"))]


def test_of_many_gateways_the_oldest_is_forgotten(stand_in: Alone, door: FakeDoor) -> None:
    for number in range(GATEWAYS_MAX + 1):
        stand_in.receive(Asks(b"asks"), ActorAddress(f"web-{number}"))
    door.bring(RepliesFor("ActorAddr-web-0", b"answers"), RepliesFor("ActorAddr-web-1", b"answers"))
    stand_in.wake(LOOK)
    assert stand_in.sent == [("web-1", Replies(b"answers"))]


def test_letters_go_where_their_stream_is(stand_in: Alone, door: FakeDoor) -> None:
    door.bring(LetterFor(MARKET, b"lost"))
    stand_in.wake(LOOK)
    stand_in.meet(markets_0="there")
    door.bring(LetterFor(MARKET, b"letter"))
    stand_in.wake(LOOK)
    assert stand_in.sent == [("there", Letters(b"letter"))]


def test_the_host_elsewhere_is_told_who_moved(stand_in: Alone, door: FakeDoor) -> None:
    stand_in.meet(accounts_0="me", accounts_1="here", markets_0="there")
    stand_in.meet(accounts_0="me", accounts_1="here", markets_0="its new place")
    assert said(door) == [Moved(("accounts-1", "markets-0")), Moved(("markets-0",))]


def test_another_message_is_taken_as_by_any_host(stand_in: Alone, door: FakeDoor) -> None:
    stand_in.receive("what is this?", WEB)
    assert (said(door), stand_in.sent) == ([], [])


def test_who_claims_is_believed_for_a_while(
    stand_in: Alone, door: FakeDoor, clock: Callable[[float], None]
) -> None:
    clock(LEASE_S)
    door.bring(HOLDING)
    stand_in.wake(LOOK)
    clock(LEASE_S)
    stand_in.wake(LOOK)
    clock(0.1)
    with pytest.raises(EndedError):
        stand_in.wake(LOOK)


def test_who_is_gone_is_not_waited_for(stand_in: Alone, door: FakeDoor) -> None:
    door.unanswered = True
    with pytest.raises(EndedError):
        stand_in.receive(Asks(b"asks"), WEB)


def test_a_stream_that_is_given_back_is_taken_back_at_once(stand_in: Alone, door: FakeDoor) -> None:
    door.bring(Released())
    with pytest.raises(EndedError):
        stand_in.receive(WatchMessage([door.descriptor]), ActorAddress(None))


def test_another_claimant_gets_what_the_last_one_has_left(
    stand_in: Alone, door: FakeDoor, clock: Callable[[float], None]
) -> None:
    door.bring(CLAIM)
    stand_in.wake(LOOK)
    assert said(door) == [AtHome(), Granted()]
    door.bring(HOLDING)
    with pytest.raises(EndedError):
        stand_in.wake(LOOK)


def test_without_its_door_it_ends_when_the_lease_does(
    stand_in: Alone, door: FakeDoor, clock: Callable[[float], None]
) -> None:
    door.broken = True
    stand_in.receive(Asks(b"asks"), WEB)
    assert door.closed
    stand_in.receive(Asks(b"asks"), WEB)
    assert stand_in.watched() == []
    clock(LEASE_S + 0.1)
    with pytest.raises(EndedError):
        stand_in.wake(LOOK)
