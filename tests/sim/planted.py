"""Owns faults of an exchange that the simulator must find, each planted into the real code.

Never leaves anything planted: the test's monkeypatch takes it out again. Product code has no switch for it.
Called by test_planted.py.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

import msgspec
import pytest

from actors.machines import limits
from actors.machines.account_stream import position
from actors.machines.account_stream.order import Order
from actors.machines.book.fast import FastBook
from actors.machines.market_stream import markets_effects
from actors.machines.market_stream.challenge import Challenge
from actors.machines.market_stream.market import Market
from actors.machines.market_stream.markets import Markets
from actors.machines.messages.book_events import OrderMatched
from actors.machines.messages.letters import Letter
from actors.machines.messages.parts import Amended, Fill
from actors.machines.messages.posted import Posted
from actors.machines.messages.words import MarketState, Reason, Side
from actors.machines.post import Post
from actors.machines.stream.state import Reading
from actors.machines.streams import Streams
from actors.machines.turn import Stream
from actors.processes import snapshots
from actors.processes.host_core import HostCore
from actors.processes.projector_core import Projector
from actors.processes.projector_streams import Folding
from actors.processes.snapshots import Header, Snapshot, SnapshotError
from actors.processes.social_reading import LogsInOrder
from couch_views.classes import DocumentClass
from couch_views.client import DocumentsError
from couch_views.projection import trading
from couch_views.projection.rules import Addition, Moment
from couch_views.projection.table import TABLE
from couch_views.shapes import Document, ExecutionDocument
from rabbit.chain import Chain
from rabbit.frame import RecordPayload
from rabbit.log import LogUnavailableError, Record, Writer
from tests.sim import (
    planted_amendments,
    planted_auctions,
    planted_conditions,
    planted_sets,
    planted_verdicts,
)
from tests.sim import snapshots as fake_snapshots
from tests.sim.log import FaultyWriter

UNHEARD_MAX: Final = 3
"""How many messages an overloaded post keeps, where one is planted that drops the rest."""

Plant = Callable[[pytest.MonkeyPatch], None]


def skip_a_confirm(patch: pytest.MonkeyPatch) -> None:
    """A host answers and posts although nobody confirmed its record."""

    class Careless(FaultyWriter):
        def __init__(self, writer: Writer) -> None:
            assert isinstance(writer, FaultyWriter)
            self.__dict__.update(writer.__dict__)
            self._written = 0

        def append(self, body: bytes, time: int) -> Record:
            try:
                record = super().append(body, time)
            except LogUnavailableError:
                return Record("", self.epoch, self._written + 1, time, b"", body)
            self._written = record.sequence
            return record

    take = HostCore.take

    def take_carelessly(core: HostCore, *arguments: object, **named: object) -> object:
        if not isinstance(core._writer, Careless):
            core._writer = Careless(core._writer)
            core._writer._written = core.sequence
        return take(core, *arguments, **named)  # type: ignore[arg-type] # whatever it was called with

    patch.setattr(HostCore, "take", take_carelessly)


def apply_twice(patch: pytest.MonkeyPatch) -> None:
    """A letter that comes again is taken again."""

    def fresh(post: Post, letter: Letter) -> tuple[Posted, ...]:
        return () if letter.first > post.cursors.get(letter.source, 0) + 1 else letter.messages

    patch.setattr(Post, "fresh", fresh)


def lose_a_fill(patch: pytest.MonkeyPatch) -> None:
    """Of several resting orders that one order trades with, the last is not told."""
    reports = markets_effects._reports

    def reports_but_the_last(
        state: Markets, event: OrderMatched, amended: Amended | None = None
    ) -> markets_effects.Effects:
        told = reports(state, event, amended)
        return told[:-1] if len(event.fills) > 1 else told

    patch.setattr(markets_effects, "_reports", reports_but_the_last)


def round_up(patch: pytest.MonkeyPatch) -> None:
    """The commission is rounded up."""

    def commission(result: int, rate: int) -> int:
        return -(-result * rate // limits.COMMISSION_SCALE) if result > 0 else 0

    patch.setattr(position, "commission_on", commission)


def wrong_time_priority(patch: pytest.MonkeyPatch) -> None:
    """The newest order of a price is the first to trade."""
    rest = FastBook.rest

    def rest_in_front(
        book: FastBook, order_id: int, account_id: int, side: Side, price: int, quantity: int
    ) -> None:
        rest(book, order_id, account_id, side, price, quantity)
        level = book._levels[price]
        assert level is not None
        level.rotate(1)

    patch.setattr(FastBook, "rest", rest_in_front)


def forget_a_release(patch: pytest.MonkeyPatch) -> None:
    """What a cancelled order had reserved stays reserved."""
    after = Order.reserved_after

    def reserved(order: Order, fills: tuple[Fill, ...], left: int, amended: Amended | None) -> int:
        return after(order, fills, left if fills else order.left, amended)

    patch.setattr(Order, "reserved_after", reserved)


def accept_a_stale_epoch(patch: pytest.MonkeyPatch) -> None:
    """A record of a writer that was replaced counts like any other."""
    take = Chain._take_record

    def take_any(chain: Chain, digest: bytes, payload: RecordPayload) -> Record | None:
        return take(chain, digest, msgspec.structs.replace(payload, epoch=chain.epoch))

    patch.setattr(Chain, "_take_record", take_any)


def swallow_an_exception(patch: pytest.MonkeyPatch) -> None:
    """The projector goes on as if the store had taken what it refused."""
    project = Projector._project

    def project_quietly(projector: Projector, of: DocumentClass, batch: list[Folding]) -> None:
        try:
            project(projector, of, batch)
        except DocumentsError:
            return

    patch.setattr(Projector, "_project", project_quietly)


def drop_on_overload(patch: pytest.MonkeyPatch) -> None:
    """A post with much that is unheard takes no more."""
    send = Post.send

    def send_some(post: Post, messages: Iterable[tuple[str, Posted]]) -> None:
        for destination, message in messages:
            outgoing = post.outgoing.get(destination)
            if outgoing is None or len(outgoing.messages) < UNHEARD_MAX:
                send(post, [(destination, message)])

    patch.setattr(Post, "send", send_some)


def leak_a_private_field(patch: pytest.MonkeyPatch) -> None:
    """The public list of executions shows whose order it was."""

    def add_executions(
        event: OrderMatched, at: Moment, known: Mapping[str, Document]
    ) -> Iterator[ExecutionDocument]:
        for document in trading.add_executions(event, at, known):
            document["account_id"] = str(event.account_id)  # type: ignore[typeddict-unknown-key]
            yield document

    assert isinstance(TABLE, dict)
    leaking = TABLE[OrderMatched]._replace(adds=(Addition("execution", add_executions),))
    patch.setitem(TABLE, OrderMatched, leaking)


def accept_after_halt(patch: pytest.MonkeyPatch) -> None:
    """A halted market matches on."""
    refuse = Market.refuse_trade

    def refuse_less(market: Market, contract_id: int) -> Reason | None:
        return None if market.state is MarketState.HALTED else refuse(market, contract_id)

    patch.setattr(Market, "refuse_trade", refuse_less)


def take_a_challenge_on_other_terms(patch: pytest.MonkeyPatch) -> None:
    """Whoever accepts a challenge trades on its terms, whatever funds were reserved for."""
    patch.setattr(Challenge, "has_terms_of", lambda _challenge, _acceptance: True)


def load_a_torn_snapshot(patch: pytest.MonkeyPatch) -> None:
    """Of a torn snapshot the position is believed, and of its state whatever can be read."""

    def decode_anything(content: bytes, name: str, streams: Streams) -> Snapshot:
        try:
            line, _, state = content.partition(b"\n")
            header = msgspec.json.decode(line, type=Header)
        except msgspec.MsgspecError as error:
            raise SnapshotError(str(error)) from error
        try:
            return Snapshot(header, snapshots.load(state))
        except Exception:  # noqa: BLE001 - this is how careless it is
            return Snapshot(header, Stream(name, streams))

    patch.setattr(fake_snapshots, "decode", decode_anything)


def pass_over_a_record(patch: pytest.MonkeyPatch) -> None:
    """Of several records that a social stream reads at once, the first is not looked at."""
    take = LogsInOrder.take

    def take_the_others(logs: LogsInOrder, events_max: int) -> tuple[bool, list[Reading]]:
        in_order, taken = take(logs, events_max)
        return in_order, taken[1:] or taken

    patch.setattr(LogsInOrder, "take", take_the_others)


def believe_clocks(patch: pytest.MonkeyPatch) -> None:
    """A record has the time of its machine's clock, even if what caused it has a later one."""
    letter = HostCore._letter

    def letter_without_time(core: HostCore, destination: str, messages_max: int) -> Letter:
        return msgspec.structs.replace(letter(core, destination, messages_max), time=0)

    patch.setattr(HostCore, "_letter", letter_without_time)


PLANTS: Final[tuple[Plant, ...]] = (
    skip_a_confirm,
    apply_twice,
    lose_a_fill,
    round_up,
    wrong_time_priority,
    forget_a_release,
    accept_a_stale_epoch,
    swallow_an_exception,
    drop_on_overload,
    leak_a_private_field,
    accept_after_halt,
    take_a_challenge_on_other_terms,
    load_a_torn_snapshot,
    pass_over_a_record,
    believe_clocks,
    *planted_conditions.PLANTS,
    *planted_auctions.PLANTS,
    *planted_sets.PLANTS,
    *planted_verdicts.PLANTS,
    *planted_amendments.PLANTS,
)
