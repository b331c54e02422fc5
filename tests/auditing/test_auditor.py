"""Owns the tests of the audit as a whole: lawful histories pass in any order of streams, under chance too.

Never repeats the tables of the rules.
Called by pytest.
"""

import random
from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actors.auditing.auditor import Auditor
from actors.auditing.breaches import Rule
from actors.auditing.entries import Entry
from actors.machines.messages.book_events import OrderCancelled
from actors.machines.messages.commands import (
    CancelAll,
    CancelOrder,
    ChangeExchangeState,
    Command,
    HaltExchange,
    HaltMarket,
    RegisterMember,
    TurnInPlay,
)
from actors.machines.messages.events import (
    MarketHalted,
    OrderPlaced,
)
from actors.machines.messages.record import Body, decode
from actors.machines.messages.words import ExchangeState, MarketState, Side
from actors.machines.streams import Streams, account_stream_of_id
from tests.auditing.recorded import RecordedTown, audited, falsified, fields, history
from tests.machines.drawn_orders import ORDERS
from tests.machines.town import LOT, UNIT
from tests.rabbit.golden import kept_log
from tests.rabbit.golden_teller import STREAMS
from tests.rabbit.rigs import everything


@pytest.mark.parametrize("seed", range(10))
def test_no_order_between_streams_is_needed(seed: int) -> None:
    chance = random.Random(seed)
    unread: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in history():
        unread[entry.stream].append(entry)
    order: list[Entry] = []
    while any(unread.values()):
        order.append(unread[chance.choice([name for name in unread if unread[name]])].pop(0))
    assert audited(order) == []


def test_streams_read_one_after_the_other() -> None:
    """The longest that anything can wait."""
    assert audited(sorted(history(), key=lambda entry: entry.stream)) == []
    assert audited(sorted(history(), key=lambda entry: entry.stream, reverse=True)) == []


def test_of_what_is_done_little_is_kept() -> None:
    """All orders are done and the market is settled: no order, no book, no message, nothing that waits."""
    auditor = Auditor(Streams().names)
    for entry in history():
        auditor.feed(entry)
    assert not auditor.unsettled
    assert auditor._clearing._applied == {}
    assert [pair for pair in auditor._post._pairs.values() if pair.messages] == []
    for audit in auditor._streams.values():
        if audit.accounts is not None:
            assert (audit.accounts.members.orders, audit.accounts.members.cancels) == ({}, {})
            assert audit.accounts._requests._awaited == {}
        if audit.markets is not None:
            assert [market for market in audit.markets.markets.values() if market.books] == []


def test_the_golden_log_is_clean() -> None:
    log = kept_log()
    auditor = Auditor(STREAMS.names)
    found = [
        breach
        for stream in STREAMS.names
        for each in everything(log.reader(stream))
        for breach in auditor.feed(Entry(stream, each.sequence, each.time, decode(each.body)))
    ]
    assert found + auditor.at_rest() == []
    assert auditor.events > 100


COMMANDS = st.one_of(
    ORDERS,
    st.builds(CancelOrder, st.integers(1, 400)),
    st.builds(CancelAll, st.sampled_from([None, 1, 2])),
)
WORK = st.lists(st.tuples(st.sampled_from("absw"), st.lists(COMMANDS, min_size=1, max_size=4)), max_size=20)


def ask(town: RecordedTown, account_id: int, commands: list[Command]) -> None:
    """Whether it is answered or not: an order may wait."""
    town.ask(account_stream_of_id(account_id), town.request_of(account_id, *commands))


@settings(deadline=None, max_examples=40)
@given(
    work=WORK,
    restart=st.integers(0, 20),
    in_play=st.integers(0, 40),
    winner=st.integers(1, 3),
    contracts=st.integers(1, 3),
)
def test_random_lawful_histories_never_breach(
    work: list[tuple[str, list[Command]]], restart: int, in_play: int, winner: int, contracts: int
) -> None:
    """Random trading, halts and openings, delays, replayed hosts, a verdict and its correction."""
    town = RecordedTown(
        ("A", "B", "C")[:contracts], commission=123, streams=Streams(4, 2), in_play_delay_ms=1
    )
    for at, (who, commands) in enumerate(work):
        if at == in_play:
            town.send(town.staff, TurnInPlay(1))
        if who == "s":
            town.move(MarketState.HALTED)
            ask(town, town.alice, commands)
            town.move(MarketState.OPEN)
        if who == "w":
            town.wait(700)
        ask(town, town.alice if who == "a" else town.bob, commands)
        if at == restart:
            town.all = {name: town.replayed(name) for name in town.all}
    town.settle(min(winner, contracts))
    town.settle(void=True)
    town.assert_sound()
    assert audited(town.entries, town.streams) == []


def test_the_kill_switch_is_lawful() -> None:
    town = RecordedTown()
    town.place(town.alice, Side.BUY, 5_000, LOT)
    town.send(town.staff, ChangeExchangeState(ExchangeState.HALTED, cancel_orders=True, reason="fire"))
    town.place(town.alice, Side.BUY, 5_000, LOT)
    town.send(town.staff, ChangeExchangeState(ExchangeState.OPEN))
    town.place(town.alice, Side.BUY, 5_000, LOT)
    town.settle(1)
    assert audited(town.entries) == []
    (swept,) = [
        event
        for entry in town.entries
        for event in entry.body.events
        if isinstance(event, OrderCancelled) and event.reason == "admin-requested"
    ]
    assert swept.account_id == town.alice


def test_a_record_must_be_the_next_of_its_stream_and_not_earlier() -> None:
    entries = list(history())
    assert Rule.SEQUENCE in {breach.rule for breach in audited(entries[1:])}
    late = [entries[0]._replace(time=entries[-1].time), *entries[1:]]
    assert next(breach.rule for breach in audited(late)) is Rule.SEQUENCE


def test_a_broken_chain_is_a_breach_of_its_next_record_and_concerns_all_markets() -> None:
    auditor = Auditor(Streams().names)
    (breach,) = auditor.broken("accounts-0", "what should be record 1 is torn")
    assert (breach.name, breach.market_id) == ("chain at accounts-0:1", None)
    assert auditor.halts() == [HaltExchange("auditor: chain at accounts-0:1")]


def test_what_it_asks_for_is_what_halts_the_market() -> None:
    entries, forged = falsified(OrderPlaced, fields(exposure=4 * UNIT))
    auditor = Auditor(Streams().names)
    for entry in entries[: entries.index(forged) + 1]:
        auditor.feed(entry)
    (halt,) = auditor.halts()
    assert halt == HaltMarket(1, f"auditor: exposure at {forged.stream}:{forged.sequence}")
    town = RecordedTown()
    town.turn(town.streams.of_market(1), [("auditor", halt)])
    (halted,) = town.entries[-1].body.events
    assert halted == MarketHalted(1, halt.reason)
    auditor._halts.note(halted)
    assert auditor.halts() == []
    assert audited(town.entries) == []


def test_a_stream_of_no_known_kind_only_has_its_post_audited() -> None:
    auditor = Auditor(("social-0",))
    assert auditor.feed(Entry("social-0", 1, 1, Body({}, (), {}, {}))) == []
    assert [breach.rule for breach in auditor.feed(Entry("social-0", 3, 1, Body({}, (), {}, {})))] == [
        Rule.SEQUENCE
    ]


def test_members_of_every_stream_register() -> None:
    town = RecordedTown(streams=Streams(1, 1))
    asked = RegisterMember("carol", "hash", "Carol", "key")
    town.ask("accounts-0", asked)
    town.ask("accounts-0", asked)
    assert audited(town.entries, town.streams) == []
