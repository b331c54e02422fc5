"""Owns the tests of reading documents for the web: what is waited for, and what happens if it doesn't come.

Never waits longer than the web would.
Called by pytest.
"""

import asyncio
from itertools import product

import msgspec
import pytest

from actors.machines import limits
from actors.processes.projector_core import Projector
from couch_views.classes import DocumentClass
from couch_views.client import DocumentsForbiddenError, DocumentsUnavailableError
from couch_views.json_values import JsonObject
from couch_views.queries.accounts import reached
from couch_views.queries.pages import QueryError
from couch_views.queries.reading import Reads
from couch_views.shapes import checkpoint_document_id
from resources.freshness import LastWrites, Progress
from resources.reading import Found, Reader
from resources.toolkit.http import HttpRequest
from resources.toolkit.positions import Position, covers, parse_position
from resources.toolkit.problems import NOT_FOUND, ProblemError, not_found
from resources.toolkit.query import Query
from resources.toolkit.resource import Call
from tests.resources.scripted import ADA, NoDocuments
from tests.resources.world import PASSWORD, World, challenge_in, order_in

STREAMS = ("accounts-0", "markets-0")


class Checkpoints(NoDocuments):
    """Documents that have come as far as the test says; they come further with every look, if it says so.

    Those of the later class are two records behind.
    """

    def __init__(self, *sequences: int) -> None:
        self.sequences = list(sequences)
        self.looks = 0
        self.down = False

    def get_many(self, identities: object) -> list[JsonObject | None]:
        if self.down:
            raise DocumentsUnavailableError("the store is down")
        pairs = product(DocumentClass, STREAMS)
        assert identities == [checkpoint_document_id(stream, of) for of, stream in pairs]
        sequence = self.sequences[min(self.looks, len(self.sequences) - 1)]
        self.looks += 1
        return [{"sequence": sequence}, None, {"sequence": sequence - 2}, None]


def call(*, visitor: bool = False, **headers: str) -> Call[None, Query]:
    given = {name.replace("_", "-"): text for name, text in headers.items()}
    return Call(HttpRequest("GET", "/v3", "", given), {}, ADA if visitor else None, None, Query())


def reader_of(documents: Reads, writes: LastWrites | None = None) -> Reader:
    return Reader(documents, STREAMS, writes or LastWrites())


async def test_what_is_read_tells_how_current_it_is() -> None:
    found = await reader_of(Checkpoints(7)).read(call(), lambda _: "value")
    assert found == Found("value", {"accounts-0": 7, "markets-0": 0})


async def test_what_is_read_of_a_later_class_has_that_ones_position() -> None:
    found = await reader_of(Checkpoints(7)).read(call(), lambda _: "value", DocumentClass.HISTORY)
    assert found == Found("value", {"accounts-0": 5, "markets-0": 0})


async def test_a_page_shows_documents_of_all_classes() -> None:
    asked = msgspec.structs.replace(call(), format="xhtml")
    found = await reader_of(Checkpoints(7)).read(asked, lambda _: "value")
    assert found.position == {"accounts-0": 5, "markets-0": 0}


async def test_all_documents_are_there_once_those_of_the_last_class_are() -> None:
    documents = Checkpoints(8, 9, 10)
    assert await reader_of(documents).reach({"accounts-0": 8}, 60)
    assert documents.looks == 3


async def test_the_mark_changes_with_every_class(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resources.freshness._MARK_LOOK_AFTER_S", 60.0)  # however slow the machine is
    reader = reader_of(Checkpoints(7, 7, 8))
    marks = []
    for _ in range(3):
        await reader._look(DocumentClass.CURRENT)
        marks.append(reader.mark())
    assert None not in marks
    assert marks[0] == marks[1] != marks[2]


async def test_what_is_found_in_public_is_found_once_while_nothing_changes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("_MARK_LOOK_AFTER_S", "_MARK_FRESH_S"):
        monkeypatch.setattr(f"resources.freshness.{name}", 60.0)
    reader = Reader(Checkpoints(7, 8), STREAMS, LastWrites(), shares=True)
    public, page = (msgspec.structs.replace(call(), public=True, format=name) for name in ("json", "html"))
    times = 0

    def find(_: Reads) -> int:
        nonlocal times
        times += 1
        return times

    async def found(asked: Call[None, Query]) -> int:
        return (await reader.read(asked, find)).value

    await reader._look(DocumentClass.CURRENT)
    assert [await found(public) for _ in range(3)] == [1, 1, 1]
    assert [await found(call()) for _ in range(2)] == [2, 3], "what is not for anybody is found each time"
    assert [await found(page) for _ in range(2)] == [4, 5], "a page shows who is looking"
    await reader._look(DocumentClass.CURRENT)
    assert await found(public) == 6, "the documents have come further"


async def test_a_member_waits_for_their_own_last_write() -> None:
    writes = LastWrites()
    writes.note(ADA.account_id, {"accounts-0": 9})
    documents = Checkpoints(7, 8, 9)
    found = await reader_of(documents, writes).read(call(visitor=True), lambda _: None)
    assert found.position["accounts-0"] == 9


async def test_nobody_waits_for_the_write_of_another() -> None:
    writes = LastWrites()
    writes.note(ADA.account_id, {"accounts-0": 9})
    documents = Checkpoints(7)
    await reader_of(documents, writes).read(call(), lambda _: None)
    assert documents.looks == 1


async def test_what_is_not_there_is_looked_for_again_once_all_that_was_answered_is_read() -> None:
    writes = LastWrites()
    writes.note(ADA.account_id, {"accounts-0": 9})
    documents = Checkpoints(7, 8, 9)

    def find(_: Reads) -> str:
        if documents.looks < 3:
            raise not_found()
        return "it"

    assert (await reader_of(documents, writes).read(call(), find)).value == "it"


async def test_what_is_not_there_is_looked_for_once_where_nothing_was_written_since() -> None:
    writes, finds = LastWrites(), []
    writes.note(ADA.account_id, {"accounts-0": 7})
    reader = reader_of(Checkpoints(7), writes)
    await reader._look(DocumentClass.CURRENT)

    def find(_: Reads) -> None:
        finds.append(1)
        raise not_found()

    with pytest.raises(ProblemError):
        await reader.read(call(), find)
    assert len(finds) == 1


async def test_what_does_not_come_is_said_not_to_be_there_after_a_quarter_of_a_second() -> None:
    writes = LastWrites()
    writes.note(ADA.account_id, {"accounts-0": 9})

    def find(_: Reads) -> None:
        raise not_found()

    async with asyncio.timeout(60):
        with pytest.raises(ProblemError) as caught:
            await reader_of(Checkpoints(7), writes).read(call(), find)
    assert caught.value.kind is NOT_FOUND


async def test_what_lags_is_shown_as_it_is_after_a_quarter_of_a_second() -> None:
    writes = LastWrites()
    writes.note(ADA.account_id, {"accounts-0": 9})
    async with asyncio.timeout(60):
        found = await reader_of(Checkpoints(7), writes).read(call(visitor=True), lambda _: None)
    assert found.position["accounts-0"] == 7


async def test_a_client_can_wait_for_a_position() -> None:
    asked = call(x_credence_min_position="accounts-0:3", prefer="wait=30")
    found = await reader_of(Checkpoints(1, 2, 3)).read(asked, lambda _: None)
    assert found.position["accounts-0"] == 3


async def test_without_a_preference_nobody_waits_for_a_position() -> None:
    async with asyncio.timeout(60):
        asked = call(x_credence_min_position="accounts-0:9")
        found = await reader_of(Checkpoints(1)).read(asked, lambda _: None)
    assert found.position["accounts-0"] == 1


async def test_a_parameter_that_the_query_refuses_is_named() -> None:
    def refuse(_: Reads) -> None:
        raise QueryError("sort", "unknown field")

    with pytest.raises(ProblemError) as caught:
        await reader_of(Checkpoints(1)).read(call(), refuse)
    assert (caught.value.kind.status, caught.value.errors[0].field) == (422, "sort")


async def test_documents_that_are_down_are_503() -> None:
    documents = Checkpoints(1)
    documents.down = True
    for asked in (call(), call(x_credence_min_position="accounts-0:9", prefer="wait=1")):
        with pytest.raises(ProblemError) as caught:
            await reader_of(documents).read(asked, lambda _: None)
        assert caught.value.kind.status == 503


@pytest.mark.parametrize("error", [DocumentsUnavailableError("down"), DocumentsForbiddenError("401")])
async def test_documents_that_can_not_be_read_now_are_503(error: Exception) -> None:
    def fail(_: Reads) -> None:
        raise error

    with pytest.raises(ProblemError) as caught:
        await reader_of(Checkpoints(1)).read(call(), fail)
    assert caught.value.kind.status == 503


async def test_too_many_readers_are_told_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "READS_WAITING_MAX", 2)
    reader = reader_of(Checkpoints(1))
    reads = [reader.read(call(), lambda _: None) for _ in range(3)]
    outcomes = await asyncio.gather(*reads, return_exceptions=True)
    refused = [outcome for outcome in outcomes if isinstance(outcome, ProblemError)]
    assert [problem.kind.status for problem in refused] == [503]
    assert (await reader.read(call(), lambda _: 1)).value == 1


@pytest.mark.parametrize(
    ("path", "of"),
    [
        ("/v3/orders/", DocumentClass.CURRENT),
        ("/v3/positions/", DocumentClass.CURRENT),
        ("/v3/markets/{}/", DocumentClass.CURRENT),
        ("/v3/markets/{}/quotes/", DocumentClass.CURRENT),
        ("/v3/markets/{}/volumes/", DocumentClass.CURRENT),
        ("/v3/executions/", DocumentClass.HISTORY),
        ("/v3/accounts/activity/", DocumentClass.HISTORY),
        ("/v3/markets/{}/executions/", DocumentClass.HISTORY),
        ("/v3/markets/{}/history/", DocumentClass.HISTORY),
    ],
)
def test_a_position_is_that_of_the_documents_that_are_shown(
    world: World, monkeypatch: pytest.MonkeyPatch, path: str, of: DocumentClass
) -> None:
    """History stands still while the current documents go on: whoever shows history must say so."""
    market, ada, ben = world.market(), world.member("ada"), world.member("ben")
    monkeypatch.setattr(Projector, "_read_later", lambda *_: [])
    ada.ok("POST", "/v3/orders/", order_in(market, price=5000))
    ben.ok("POST", "/v3/orders/", order_in(market, price=5000, side="sell"))
    streams = world.exchange.streams.names
    behind, ahead = (
        reached(world.documents, streams, each) for each in (DocumentClass.HISTORY, DocumentClass.CURRENT)
    )
    assert behind != ahead
    for accepted, shown in (("application/json", of), ("text/html", DocumentClass.HISTORY)):
        answer = ada.send("GET", path.format(market["id"]), headers={"Accept": accepted})
        told = parse_position(answer.headers["x-credence-position"])
        assert told == (ahead if shown is DocumentClass.CURRENT else behind), accepted


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/v3/challenges/{challenge}/", None),
        ("PATCH", "/v3/challenges/{challenge}/", {"state": "declined"}),
        ("PUT", "/v3/following/members/cleo/", None),
        ("PUT", "/v3/blocks/cleo/", None),
        ("POST", "/v3/comments/{comment}/reports/", {"reason": "Rude."}),
        ("GET", "/v3/comments/{comment}/", None),
        ("GET", "{feed}", None),
        ("GET", "/v3/members/cleo/", None),
        ("GET", "/v3/members/cleo/activity/", None),
        ("GET", "/v3/members/cleo/badges/", None),
    ],
)
def test_what_one_member_was_answered_is_there_for_others(
    world: World, monkeypatch: pytest.MonkeyPatch, method: str, path: str, body: object
) -> None:
    market, ada, ben = world.market(), world.member("ada"), world.member("ben")
    world.follower.lags = True
    made = {
        "challenge": ada.ok("POST", "/v3/challenges/", challenge_in(market, opponent="ben"))["challenge"][
            "id"
        ],
        "comment": ada.ok("POST", f"/v3/markets/{market['id']}/comments/", {"text": "Hello."})["comment"][
            "id"
        ],
        "feed": ada.ok("POST", "/v3/feeds/")["feed"]["path"],
    }
    world.anyone.ok("POST", "/v3/members/", {"username": "cleo", "password": PASSWORD})
    let_documents_come_when_waited_for(world, monkeypatch)
    assert ben.send(method, path.format_map(made), body).status_code in {200, 201}


def let_documents_come_when_waited_for(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    reach = Progress.reach

    async def come(progress: Progress, wanted: Position, wait_s: float) -> bool:
        if not covers(progress.reached, wanted):
            world.follower.lags = False
            world.exchange.settle()
        return await reach(progress, wanted, wait_s)

    monkeypatch.setattr(Progress, "reach", come)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "/v3/privacy/", {"comment": {"audience": "only_me"}}),
        ("PUT", "/v3/blocks/ben/", None),
    ],
)
def test_what_is_to_be_hidden_is_hidden_once_that_is_answered(
    world: World, monkeypatch: pytest.MonkeyPatch, method: str, path: str, body: object
) -> None:
    market, ada, ben = world.market(), world.member("ada"), world.member("ben")
    comments = f"/v3/markets/{market['id']}/comments/"
    ada.ok("POST", comments, {"text": "Hello."})
    assert [len(visitor.ok("GET", comments)["comments"]) for visitor in (ada, ben)] == [1, 1]
    ada.ok("GET", "/v3/blocks/")  # who has seen what they wrote waits for nothing else
    world.follower.lags = True
    with monkeypatch.context() as while_ada_asks:
        let_documents_come_when_waited_for(world, while_ada_asks)
        ada.ok(method, path, body)
    assert ben.ok("GET", comments)["comments"] == []


async def test_a_command_is_done_though_the_documents_are_down() -> None:
    documents = Checkpoints(7)
    documents.down = True
    await reader_of(documents).settle({"accounts-0": 9})
