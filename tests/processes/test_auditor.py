"""Owns the tests of the auditor's process: alone, its hosts played; and in a whole tree, with a rogue.

Never repeats what the rules find.
Called by pytest.
"""

import asyncio
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from thespian.actors import ActorAddress

from actors.machines.messages.answers import Answer, OrderResult, Reply
from actors.machines.messages.commands import Asked, HaltExchange, HaltMarket, Request
from actors.machines.messages.events import MarketHalted, MoneyDeposited, OrderUpdated
from actors.machines.messages.record import Body, decode, encode
from actors.machines.messages.words import OrderState, Reason, Side
from actors.machines.streams import account_stream_of_id
from actors.processes import auditor as auditor_module
from actors.processes.auditor import ASK_EVERY_S, LOOK_EVERY_S, PACE_S, AuditorShell
from actors.processes.gateway_core import decode_asks
from actors.processes.journal import path as journal_path
from actors.processes.outage import BACK_OFF_FIRST_S
from actors.processes.protocol import Asks, Directory, Replies, Start
from actors.processes.settings import Settings
from actors.processes.thespian_gateway import open_gateway
from rabbit.open import open_log
from tests.processes.programs import started, wait_for
from tests.processes.rogue import bodies, forge
from tests.processes.visitor import visiting
from tests.processes.workload import Ask, Floor

UNASKED = Body({}, (MoneyDeposited(16, 1, 1),), {}, {})
HALT_WITHIN_US = 1_000_000
"""Judged by the best of several: this machine may be busy with something else."""
ROGUE_RECORDS = 3
PRICE, QUANTITY = 4_000, 10_000
RISKED = PRICE * QUANTITY


class Alone(AuditorShell):
    """An auditor without Thespian: what it sends, and when it wants to be woken, is noted."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.settings = settings
        self.waits: list[float] = []
        self.asked: list[tuple[str, Asked]] = []
        self.start(Start("auditor", settings))

    def ready(self) -> None:
        self.waits.append(-1)

    def wake_after(self, seconds: float, payload: object = None) -> None:
        self.waits.append(seconds)

    def send(self, address: ActorAddress, message: object) -> None:
        assert isinstance(message, Asks)
        self.asked += [(address.addressDetails, asked) for _, asked in decode_asks(message.payload)]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(var=tmp_path)
    open_log(settings.log, settings.log_folder).initialise(settings.streams.names)
    return settings


@pytest.fixture
def said() -> Iterator[list[structlog.typing.EventDict]]:
    """What goes to the journal."""
    with structlog.testing.capture_logs() as said:
        yield said


def happen(settings: Settings, body: Body) -> None:
    writer = open_log(settings.log, settings.log_folder).writer("accounts-0")
    list(writer.recover())
    writer.append(encode(body), 1)
    writer.close()


def directory(*names: str) -> Directory:
    return Directory({name: ActorAddress(f"at {name}") for name in names})


def test_it_is_ready_at_once_and_takes_one_step_a_wake_up(settings: Settings) -> None:
    auditor = Alone(settings)
    assert auditor.waits == [-1, LOOK_EVERY_S]
    happen(settings, Body({}, (), {}, {}))
    auditor.wake(None)
    auditor.wake(None)
    assert auditor.waits == [-1, LOOK_EVERY_S, PACE_S, LOOK_EVERY_S]
    auditor.stop()


def test_without_a_log_it_waits(tmp_path: Path) -> None:
    auditor = Alone(Settings(var=tmp_path))
    assert auditor.waits == [-1, BACK_OFF_FIRST_S]
    auditor.stop()


def test_a_breach_is_said_once_and_a_halt_is_asked_for_again_and_again(
    settings: Settings, said: list[structlog.typing.EventDict], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auditor_module, "ASK_EVERY_S", 0.0)
    happen(settings, UNASKED)
    auditor = Alone(settings)
    breaches = [line for line in said if line["event"] == "breach"]
    assert [(line["rule"], line["stream"], line["sequence"], line["log_level"]) for line in breaches] == [
        ("identity", "accounts-0", 1, "critical"),
        ("cause", "accounts-0", 1, "critical"),
    ]
    assert auditor.asked == [], "nobody is known who could halt"
    auditor.receive(directory(*settings.streams.names), ActorAddress("supervisor"))
    for _ in range(2):
        auditor.wake(None)
    halt = HaltExchange("auditor: identity at accounts-0:1")
    assert auditor.asked == [("at markets-0", halt)] * 2
    assert [line["event"] for line in said].count("breach") == 2
    auditor.stop()


def test_it_does_not_ask_all_the_time(settings: Settings) -> None:
    happen(settings, UNASKED)
    auditor = Alone(settings)
    auditor.receive(directory("markets-0"), ActorAddress("supervisor"))
    auditor._asked_at = time.monotonic()
    auditor.wake(None)
    assert auditor.asked == []
    auditor._asked_at -= ASK_EVERY_S
    auditor.wake(None)
    assert len(auditor.asked) == 1
    auditor.stop()


def test_more_breaches_than_anybody_reads_are_not_said(
    settings: Settings, said: list[structlog.typing.EventDict], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auditor_module, "BREACHES_SAID_MAX", 1)
    for _ in range(2):
        happen(settings, UNASKED)
    Alone(settings).stop()
    assert [line["event"] for line in said if line["log_level"] == "critical"] == [
        "breach",
        "more breaches than are said; make audit counts them",
    ]


def test_answers_are_of_no_interest_and_what_is_unexpected_is_said(
    settings: Settings, said: list[structlog.typing.EventDict]
) -> None:
    auditor = Alone(settings)
    auditor.receive(Replies(b""), ActorAddress("markets-0"))
    auditor.receive("hello", ActorAddress("somebody"))
    assert [line["event"] for line in said if line["log_level"] == "warning"] == ["unexpected message"]
    auditor.stop()


@pytest.mark.whole
def test_a_rogue_writers_record_halts_its_market_within_a_second(tmp_path: Path) -> None:
    """A reservation is released that no market gave free: the money could be spent twice."""
    settings = Settings(var=tmp_path)
    log = open_log(settings.log, settings.log_folder)
    log.initialise(settings.streams.names)
    with started(settings, "actors.processes.root"), visiting(settings) as visitor:
        wait_for(lambda: not visitor.directory().awaited, name="all children")
        gateway = open_gateway(settings)

        def ask(asked: Asked) -> Answer | Reply:
            if isinstance(asked, Request):
                return asyncio.run(gateway.request(asked))
            assert not isinstance(asked, HaltMarket | HaltExchange)
            return asyncio.run(gateway.ask(asked))

        floor = Floor(ask)
        orders = [buy_in_a_market_of_its_own(floor, ask) for _ in range(ROGUE_RECORDS)]
        took_us: list[int] = []
        for left, order in reversed(list(enumerate(orders))):
            stream, forged_at = release(settings, floor.alice, order, exposure=left * RISKED)
            time_of_halt, halted = wait_for(
                lambda order=order: halt_in(settings, order.market_id),  # type: ignore[misc]
                name="the halt of the market",
            )
            assert halted.reason.startswith(f"auditor: cause at {stream}:")
            took_us.append(time_of_halt - forged_at)
        gateway.close()
    assert min(took_us) < HALT_WITHIN_US
    lines = map(json.loads, journal_path(settings).read_text().splitlines())
    breaches = [line for line in lines if line["event"] == "breach"]
    for order, breach in zip(reversed(orders), breaches, strict=True):
        assert (breach["rule"], breach["market_id"], breach["level"]) == (
            "cause",
            order.market_id,
            "critical",
        )
        assert breach["what"].startswith(f"OrderUpdated of order {order.order_id} has no cause")


def buy_in_a_market_of_its_own(floor: Floor, ask: Ask) -> OrderResult:
    """An order that rests."""
    floor.market = floor.open_market()
    answer = ask(floor.buy(PRICE, QUANTITY))
    assert isinstance(answer, Answer)
    (order,) = answer.results
    assert isinstance(order, OrderResult)
    return order


def release(settings: Settings, account_id: int, order: OrderResult, *, exposure: int) -> tuple[str, int]:
    """Writes that the order was cancelled; gives the stream and the time of that record."""
    released = OrderUpdated(
        account_id,
        order.order_id,
        order.market_id,
        order.contract_id,
        Side.BUY,
        (),
        0,
        OrderState.CANCELLED,
        Reason.EXPIRED,
        False,
        order.modified_time,
        exposure,
        0,
    )
    stream = account_stream_of_id(account_id)
    return stream, forge(settings.log_folder, stream, Body({}, (released,), {}, {}))


def halt_in(settings: Settings, market_id: int) -> tuple[int, MarketHalted] | None:
    """The market's halt and its time, if it is in the log."""
    stream = settings.streams.of_market(market_id)
    for record_time, body in bodies(settings.log_folder, stream):
        for event in decode(body).events:
            if isinstance(event, MarketHalted) and event.market_id == market_id:
                return record_time, event
    return None
