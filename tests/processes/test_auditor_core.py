"""Owns the tests of the follower that audits a log: step after step, over logs in memory.

Never repeats what the rules find.
Called by pytest.
"""

import pytest

from actors.auditing.breaches import Rule
from actors.machines.messages.events import CancelRefused
from actors.machines.messages.record import Body, encode
from actors.processes import auditor_core
from actors.processes.auditor_core import LogAudit, Step
from actors.processes.local import LocalExchange
from rabbit.log import LogUnavailableError, Position, Record
from rabbit.memory import MemoryLog
from rabbit.rows import RowsReader
from tests.processes.workload import Floor


class Traded:
    """An exchange in one thread that has traded, and its log."""

    def __init__(self) -> None:
        self.log = MemoryLog()
        self.local = LocalExchange(log=self.log)
        self.floor = Floor(self.local.ask)
        self.trade()

    def trade(self) -> None:
        for number in range(5):
            self.local.ask(self.floor.sell(5_000 + number, 100))
            self.local.ask(self.floor.buy(5_000 + number, 50))

    def append(self, stream: str, body: bytes) -> None:
        """A record that no host decided."""
        self.log.free(stream)
        writer = self.log.writer(stream)
        list(writer.recover())
        writer.append(body, self.local._clock())
        writer.close()


def steps(audit: LogAudit) -> list[Step]:
    """Step after step, until nothing is left to read."""
    done = [audit.step()]
    while done[-1].records:
        done.append(audit.step())
    return done


def found(audit: LogAudit) -> list[Rule]:
    return [breach.rule for step in steps(audit) for breach in step.breaches]


def test_a_lawful_log_is_read_to_its_end_and_followed_from_there() -> None:
    traded = Traded()
    audit = LogAudit(traded.log)
    assert found(audit) == []
    before = audit.auditor.events
    assert before == sum(followed.events for followed in audit.streams) > 50
    traded.trade()
    assert found(audit) == []
    assert audit.auditor.events > before
    assert audit.step() == Step(0, [], caught_up=True)
    assert audit.halts() == []
    audit.close()


def test_a_step_ends_when_it_has_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    traded = Traded()
    monkeypatch.setattr(auditor_core, "EVENTS_PER_STEP", 10)
    monkeypatch.setattr(auditor_core, "RECORDS_PER_READ", 2)
    audit = LogAudit(traded.log)
    done = steps(audit)
    assert len(done) > 5
    assert done[-1].caught_up
    assert not done[0].caught_up


def test_a_log_that_is_not_there_yet_is_waited_for() -> None:
    with pytest.raises(LogUnavailableError, match="the log has not been initialised yet"):
        LogAudit(MemoryLog())


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b'{"no": "body"}', "has a body that can't be read: Expected `array`, got `object`"),
        (b"[]", "has a body that can't be read"),
    ],
)
def test_a_body_that_cannot_be_read_stops_its_stream_alone(body: bytes, what: str) -> None:
    traded = Traded()
    traded.append("accounts-0", body)
    audit = LogAudit(traded.log)
    (breach,) = [breach for step in steps(audit) for breach in step.breaches]
    assert (breach.rule, breach.stream, breach.market_id) == (Rule.CHAIN, "accounts-0", None)
    assert what in breach.what
    assert [followed.name for followed in audit.streams if followed.stopped] == ["accounts-0"]


def test_a_torn_record_stops_its_stream_with_the_words_of_the_chain() -> None:
    traded = Traded()
    audit = LogAudit(traded.log)
    assert found(audit) == []
    frames = traded.log.frames("markets-0")
    frames.append(frames[-1][:-1])
    (breach,) = audit.step().breaches
    assert (breach.rule, breach.stream) == (Rule.CHAIN, "markets-0")
    assert "is torn or altered: its digest does not match its bytes" in breach.what
    assert audit.step() == Step(0, [], caught_up=True)


def test_what_was_taken_but_never_sent_is_found_once_everything_was_read() -> None:
    traded = Traded()
    audit = LogAudit(traded.log)
    assert found(audit) == []
    traded.append("accounts-0", encode(Body({"markets-0": 999}, (), {}, {})))
    first, second, third = audit.step(), audit.step(), audit.step()
    assert (first.records, first.breaches) == (1, [])
    assert [breach.rule for breach in second.breaches] == [Rule.CURSOR]
    assert third.breaches == []


def test_what_was_found_before_reading_failed_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    traded = Traded()
    audit = LogAudit(traded.log)
    assert found(audit) == []
    traded.append("accounts-0", encode(Body({}, (CancelRefused(16, 999),), {}, {})))
    follow = RowsReader.follow

    def fail_at_markets(reader: RowsReader, after: Position, limit: int, timeout_s: float) -> list[Record]:
        records = follow(reader, after, limit, timeout_s)
        if not records:
            message = "the broker is gone"
            raise LogUnavailableError(message)
        return records

    with monkeypatch.context() as patch:
        patch.setattr(RowsReader, "follow", fail_at_markets)
        with pytest.raises(LogUnavailableError):
            audit.step()
    assert Rule.ORDER in found(audit)
