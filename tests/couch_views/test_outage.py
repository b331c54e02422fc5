"""Owns the tests of a document server that fails in every way: what reader, writer and projector make of it.

Never starts a process: the whole exchange in an outage stands with the processes.
Called by pytest.
"""

import contextlib
from collections.abc import Iterator
from typing import Final

import pytest

from actors.machines.messages.events import Event, MoneyDeposited
from actors.machines.messages.record import Body, encode
from actors.machines.streams import Streams
from actors.processes.projector_core import Projector
from couch_views.client import Documents, DocumentsUnavailableError
from couch_views.design_documents import load_designs
from couch_views.embedded.server import EmbeddedServer
from couch_views.json_values import JsonObject
from couch_views.opening import remote_documents, remote_readers
from couch_views.shapes import document_id
from rabbit.memory import MemoryLog
from tests.couch_views.projection.histories import append
from tests.couch_views.projection.records import UNIT, registered
from tests.couch_views.stand_in import Fault, Order, StandIn, standing_in
from tests.processes.programs import wait_for

FAULTS: Final = [fault for fault in Fault if fault is not Fault.NONE]
CARRIED_OUT: Final = (Fault.CUT_AFTER, Fault.HALF, Fault.HALF_CHUNKED, Fault.BROKEN)
ACCOUNT: Final = document_id("account", 16)


@pytest.fixture
def server() -> Iterator[StandIn]:
    embedded = EmbeddedServer(None, writer=True)
    with standing_in(embedded) as server:
        yield server
    embedded.close()


@pytest.fixture
def writer(server: StandIn) -> Iterator[Documents]:
    opened = remote_documents(server.url)
    opened.ensure_database()
    yield opened
    opened.close()


def documents(count: int) -> list[JsonObject]:
    return [{"_id": f"d{place}"} for place in range(count)]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_bulk_that_meets_a_fault_is_in_doubt(server: StandIn, writer: Documents, fault: Fault) -> None:
    server.order = Order(fault, "_bulk_docs", 1)
    with pytest.raises(DocumentsUnavailableError):
        writer.bulk(documents(3))
    assert len(writer.identities(start="d", end="dz")) == (3 if fault in CARRIED_OUT else 0)
    # What asks again finds out by the conflicts.
    outcomes = {type(one).__name__ for one in writer.bulk(documents(3))}
    assert outcomes == {"NotWritten" if fault in CARRIED_OUT else "Written"}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_read_that_meets_a_fault_is_unavailable(server: StandIn, writer: Documents, fault: Fault) -> None:
    writer.ensure_designs(load_designs())
    writer.bulk(documents(3))
    reads = (
        lambda: writer.get("d0"),
        lambda: writer.get_many(["d0", "d1"]),
        lambda: writer.identities(start="d", end="dz"),
        lambda: writer.view("lists", "orders"),
    )
    for read in reads:
        server.order = Order(fault)
        with pytest.raises(DocumentsUnavailableError):
            read()
        server.order = Order(Fault.NONE)
        read()


def test_a_database_that_was_just_made_may_need_a_moment(server: StandIn) -> None:
    opened = remote_documents(server.url)
    server.order = Order(Fault.ERROR, "_revs_limit", 2)
    opened.ensure_database()
    assert opened.document_count() == 0
    server.order = Order(Fault.ERROR, "_revs_limit", 1)
    with pytest.raises(DocumentsUnavailableError):
        opened.ensure_database()
    opened.close()


def test_readers_of_a_server_that_is_away_are_told_at_once(server: StandIn, writer: Documents) -> None:
    writer.bulk(documents(1))
    reader = remote_readers(server.url)
    server.order = Order(Fault.CUT_BEFORE)
    for _ in range(2):
        with pytest.raises(DocumentsUnavailableError):
            reader.get("d0")
    with pytest.raises(DocumentsUnavailableError, match="did not answer a moment ago"):
        reader.get("d0")
    server.order = Order(Fault.NONE)
    wait_for(lambda: found(reader), name="the end of the pause")
    reader.close()


def found(reader: Documents) -> JsonObject | None:
    with contextlib.suppress(DocumentsUnavailableError):
        return reader.get("d0")
    return None


def log_of(records: list[list[Event]]) -> MemoryLog:
    log = MemoryLog()
    log.initialise(Streams().names)
    append(log, "accounts-0", [encode(Body({}, tuple(events), {}, {})) for events in records])
    return log


DEPOSITS: Final[list[list[Event]]] = [[MoneyDeposited(16, UNIT, number * UNIT)] for number in range(1, 6)]
HISTORY: Final[list[list[Event]]] = [[registered()], *DEPOSITS]


@pytest.mark.parametrize("path", ["", "_bulk_docs", "_all_docs", "_revs_limit", "/credence"])
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("times", [1, 4])
def test_the_projector_comes_through_every_fault(
    server: StandIn, fault: Fault, path: str, times: int
) -> None:
    opened = remote_documents(server.url)
    projector = Projector(log_of(HISTORY), opened)
    server.order = Order(fault, path, times)
    failures = 0
    while not (taken := step(projector)):
        failures += taken is None
        assert failures <= times
    account = opened.get(ACCOUNT)
    assert account is not None
    assert (account["balance"], account["sequence"]) == ("5.00", len(HISTORY))
    assert step(projector) == 0
    opened.close()


def step(projector: Projector) -> int | None:
    """The records that a step takes; None if the documents are away."""
    try:
        return projector.step(0)
    except DocumentsUnavailableError:
        return None
