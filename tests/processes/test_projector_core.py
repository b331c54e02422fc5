"""Owns the conversation of the projector with log and store: batches, restarts, failures, wrong logs.

Never starts a process.
Called by pytest.
"""

import random
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actors.machines.messages.events import Event, MoneyDeposited
from actors.machines.messages.record import Body, encode
from actors.machines.streams import Streams
from actors.processes import projector_core
from actors.processes.projector_core import EVENTS_PER_STEP, Projector
from couch_views.classes import DocumentClass
from couch_views.client import DocumentsError, DocumentsUnavailableError
from couch_views.projection.fold import MissingDocumentError
from couch_views.shapes import checkpoint_document_id, document_id
from rabbit.log import LogCorruptError, LogUnavailableError, Position, Reader, Record
from rabbit.memory import MemoryLog
from tests.couch_views.projection.histories import append, folded_at_once, play
from tests.couch_views.projection.records import UNIT, placed, registered
from tests.couch_views.projection.stores import WatchedDocuments

STREAMS = Streams().names


def log_of(*records: list[Event], stream: str = "accounts-0") -> MemoryLog:
    log = MemoryLog()
    log.initialise(STREAMS)
    append(log, stream, [encode(Body({}, tuple(events), {}, {})) for events in records])
    return log


def deposits(count: int, first: int = 1) -> list[Event]:
    return [MoneyDeposited(16, UNIT, number * UNIT) for number in range(first, first + count)]


def balance(documents: WatchedDocuments) -> object:
    return documents.everything()[document_id("account", 16)]["balance"]


def drain(projector: Projector) -> int:
    """Takes all there is; gives the number of records."""
    records = 0
    while taken := projector.step(0):
        records += taken
    return records


def test_a_document_is_written_once_for_all_that_happened_to_it() -> None:
    documents = WatchedDocuments()
    projector = Projector(log_of([registered()], deposits(50), deposits(50, 51)), documents)
    assert projector.step(0) == 3
    account, checkpoint = document_id("account", 16), checkpoint_document_id("accounts-0")
    assert [bulk.count(account) for bulk in documents.bulks] == [0, 1, 0, 0, 0]
    assert documents.bulks[2] == [checkpoint]
    assert balance(documents) == "100.00"
    assert documents.everything()[checkpoint]["sequence"] == 3


def test_a_new_projector_goes_on_where_the_last_one_was() -> None:
    log, documents = log_of([registered()], deposits(2)), WatchedDocuments()
    assert drain(Projector(log, documents)) == 2
    append(log, "accounts-0", [encode(Body({}, tuple(deposits(1, 3)), {}, {}))])
    assert drain(Projector(log, documents)) == 1
    assert balance(documents) == "3.00"


def test_nothing_new_is_waited_for_no_longer_than_asked() -> None:
    projector = Projector(log_of(), WatchedDocuments())
    assert projector.step(0.03) == 0


class PushedLog(MemoryLog):
    """A log in which records are only there for those who wait for them."""

    def reader(self, stream: str) -> Reader:
        reader = super().reader(stream)

        class Pushed:
            def read(self, after: Position, limit: int) -> list[Record]:
                return []

            def follow(self, after: Position, limit: int, timeout_s: float) -> list[Record]:
                return reader.follow(after, limit, timeout_s)

            def close(self) -> None:
                reader.close()

        return Pushed()


@pytest.mark.parametrize("stream", STREAMS)
def test_all_streams_are_waited_for_in_turn(stream: str) -> None:
    log = PushedLog()
    log.initialise(STREAMS)
    append(log, stream, [encode(Body({}, (registered(),), {}, {}))])
    assert Projector(log, WatchedDocuments()).step(60) == 1


def test_a_step_is_bounded_and_fair() -> None:
    many = [deposits(100, 100 * place) for place in range(1 + EVENTS_PER_STEP // 50)]
    log, documents = log_of([registered()], *many), WatchedDocuments()
    append(log, "accounts-1", [encode(Body({}, (registered(17, "bob"),), {}, {}))])
    projector = Projector(log, documents)
    taken = projector.step(0) * 100
    assert EVENTS_PER_STEP <= taken < 2 * EVENTS_PER_STEP
    assert document_id("account", 17) in documents.everything()


def test_the_history_of_all_streams_goes_on_however_long_that_of_one_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("actors.processes.projector_core.LATER_BYTES_PER_STEP", 1)
    log, documents = (
        log_of([registered()], *(deposits(1, place) for place in range(1, 30))),
        WatchedDocuments(),
    )
    append(log, "accounts-1", [encode(Body({}, (registered(17, "bob"),), {}, {}))])
    projector = Projector(log, documents)
    for _ in STREAMS:
        projector.step(0)
    reached = [
        documents.everything()[checkpoint_document_id(stream, DocumentClass.HISTORY)]["sequence"]
        for stream in ("accounts-0", "accounts-1")
    ]
    assert reached == [4, 1]


def test_records_without_events_are_taken_too() -> None:
    """A stream of acknowledgements alone is read in bounded steps, and its checkpoint moves."""
    log, documents = log_of(*[[] for _ in range(EVENTS_PER_STEP + 100)]), WatchedDocuments()
    projector = Projector(log, documents)
    assert EVENTS_PER_STEP <= projector.step(0) < EVENTS_PER_STEP + 100
    assert drain(projector) > 0
    assert documents.everything()[checkpoint_document_id("accounts-0")]["sequence"] == EVENTS_PER_STEP + 100


def test_what_starts_within_a_batch_is_not_looked_for() -> None:
    documents = WatchedDocuments()
    Projector(log_of([registered(), *deposits(1)], [placed()]), documents).step(0)
    checkpoints = [[checkpoint_document_id(stream, of) for stream in STREAMS] for of in DocumentClass]
    assert documents.reads == [*checkpoints, [document_id("position", 16, 7)]]


def test_documents_at_hand_are_not_read_again() -> None:
    log, documents = log_of([registered()], deposits(1)), WatchedDocuments()
    projector = Projector(log, documents)
    drain(projector)
    documents.reads.clear()
    append(log, "accounts-0", [encode(Body({}, tuple(deposits(1, 2)), {}, {}))])
    drain(projector)
    assert documents.reads == []
    assert balance(documents) == "2.00"


@pytest.mark.parametrize("done", [False, True], ids=["not carried out", "answer lost"])
@pytest.mark.parametrize("call", range(6))
def test_after_a_failure_of_the_store_nothing_is_lost_or_doubled(call: int, done: bool) -> None:
    log, documents = log_of([registered()], deposits(1)), WatchedDocuments()
    projector = Projector(log, documents)
    drain(projector)
    append(log, "accounts-0", [encode(Body({}, (*deposits(1, 2), placed()), {}, {}))])
    documents.fail_at, documents.done = call, done
    if call < 5:  # a read, the bulk, the checkpoint; the later class's bulk and checkpoint
        with pytest.raises(DocumentsUnavailableError):
            projector.step(0)
    drain(projector)
    expected = WatchedDocuments()
    drain(Projector(log, expected))
    assert documents.everything() == expected.everything()


def test_a_log_that_is_behind_the_documents_stops_it() -> None:
    documents = WatchedDocuments()
    drain(Projector(log_of([registered()], deposits(1)), documents))
    before = documents.everything()
    with pytest.raises(LogCorruptError):
        Projector(log_of([registered()]), documents).step(0)
    assert documents.everything() == before


def test_another_log_stops_it() -> None:
    documents = WatchedDocuments()
    drain(Projector(log_of([registered()], deposits(1)), documents))
    with pytest.raises(LogCorruptError):
        Projector(log_of([registered()], deposits(2), deposits(1)), documents).step(0)


def test_documents_that_were_lost_stop_it() -> None:
    log, documents = log_of([registered()]), WatchedDocuments()
    drain(Projector(log, documents))
    account = documents.get(document_id("account", 16))
    assert account is not None
    documents.bulk([{"_id": account["_id"], "_rev": account["_rev"], "_deleted": True}])
    append(log, "accounts-0", [encode(Body({}, tuple(deposits(1)), {}, {}))])
    with pytest.raises(MissingDocumentError, match=r"accounts-0 2: MoneyDeposited changes account"):
        Projector(log, documents).step(0)


def test_a_log_without_streams_is_waited_for() -> None:
    with pytest.raises(LogUnavailableError, match="not been initialised"):
        Projector(MemoryLog(), WatchedDocuments()).step(0)


def test_documents_are_written_while_changed_views_are_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(projector_core, "DESIGNS_AGAIN_S", 0)
    log, documents = log_of([registered()]), WatchedDocuments()
    in_place = [True, False, False]
    monkeypatch.setattr(documents, "ensure_designs", lambda _designs: in_place.pop())
    projector = Projector(log, documents)
    for place in range(1, 5):
        append(log, "accounts-0", [encode(Body({}, tuple(deposits(1, place)), {}, {}))])
        drain(projector)
        assert balance(documents) == f"{place}.00"
    assert in_place == []


def test_two_projectors_at_once_do_no_harm() -> None:
    """One that is being replaced may go on for a moment."""
    log, documents = log_of([registered()], deposits(1)), WatchedDocuments()
    one, other = Projector(log, documents), Projector(log, documents)
    for place in range(2, 8):
        append(log, "accounts-0", [encode(Body({}, tuple(deposits(1, place)), {}, {}))])
        drain(one if place % 3 else other)
    drain(one)
    drain(other)
    assert balance(documents) == "7.00"


STEP, RESTART, FAIL, LOSE = "step", "restart", "fail", "lose"


def told(bodies: dict[str, list[bytes]], story: list[tuple[str, int]], *, together: bool) -> WatchedDocuments:
    """The documents after a story, when all of the log is in them."""
    left = {stream: list(records) for stream, records in bodies.items()}
    log, documents = MemoryLog(), WatchedDocuments()
    log.initialise(STREAMS)
    projector = Projector(log, documents, together=together)
    for what, number in [*story, *((stream, len(bodies[stream])) for stream in STREAMS)]:
        if what == RESTART:
            projector = Projector(log, documents, together=together)
        elif what in (FAIL, LOSE):
            documents.fail_at, documents.done = number, what == LOSE
        elif what != STEP:
            append(log, what, left[what][:number])
            del left[what][:number]
            continue
        with suppress(DocumentsError):
            projector.step(0)
        require_order(documents)
    documents.fail_at = None
    drain(projector)
    return documents


def require_order(documents: WatchedDocuments) -> None:
    """History is never ahead."""
    found = documents.everything()
    for stream in STREAMS:
        checkpoints = [found.get(checkpoint_document_id(stream, of), {}) for of in DocumentClass]
        current, history = (int(str(checkpoint.get("sequence", 0))) for checkpoint in checkpoints)
        assert history <= current


@settings(max_examples=80)
@given(
    st.integers(0, 2**32),
    st.lists(
        st.one_of(
            st.tuples(st.sampled_from(STREAMS), st.integers(1, 9)),
            st.tuples(st.sampled_from([FAIL, LOSE]), st.integers(0, 5)),
            st.sampled_from([(STEP, 0), (RESTART, 0)]),
        ),
        max_size=40,
    ),
    st.sampled_from([1, 500, 65_536]),
    st.sampled_from([0, 500, 1_048_576]),
    st.booleans(),
)
def test_any_splits_repeats_and_restarts_come_to_the_same(
    seed: int, story: list[tuple[str, int]], portion: int, room: int, together: bool
) -> None:
    """Records arrive stream by stream in any batches, while the store fails and projectors are replaced.

    History comes behind in portions of any size, handed over or read again.
    """
    bodies = play(random.Random(seed), requests=12)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("actors.processes.projector_core.LATER_BYTES_PER_STEP", portion)
        patch.setattr("actors.processes.projector_streams.QUEUED_BYTES_MAX", room)
        documents = told(bodies, story, together=together)
    found = documents.everything()
    for stream, records in bodies.items():
        if records:
            for of in DocumentClass:
                assert found.pop(checkpoint_document_id(stream, of))["sequence"] == len(records)
    expected = folded_at_once(bodies)
    assert found.keys() == expected.keys()
    for identity, document in expected.items():
        assert {"_id": identity, **found[identity]} == document
