"""Owns the tests of changing design documents: built beside, swapped, resumed after a failure, done by two.

Never tests how an index is built.
Called by pytest.
"""

import contextlib
import hashlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

import pytest

from couch_views import design_upgrade
from couch_views.client import Documents, DocumentsUnavailableError
from couch_views.design_upgrade import NEARLY_BUILT_MAX
from couch_views.embedded import builds
from couch_views.embedded.server import EmbeddedServer
from couch_views.json_values import JsonObject
from couch_views.opening import open_documents

BY_X: Final = "function (doc) { emit(doc.x, 'old'); }"
BY_Y: Final = "function (doc) { emit(doc.y, 'new'); }"


def design(name: str, source: str) -> JsonObject:
    digest = hashlib.sha256(source.encode()).hexdigest()
    views: JsonObject = {"v": {"map": source}}
    return {"_id": f"_design/{name}", "language": "javascript", "views": views, "digest": digest}


class WatchedServer:
    """An embedded server that notes what it is asked; ``before`` is told the number of each request."""

    def __init__(self, server: EmbeddedServer, before: Callable[[int], None] = lambda _: None) -> None:
        self.server = server
        self.before = before
        self.asked: list[str] = []

    def handle(
        self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        self.before(len(self.asked))
        self.asked.append(f"{method} {path.removeprefix('/credence/')}")
        return self.server.handle(method, path, query, headers, body)

    def close(self) -> None:
        """The server is closed by who made it."""


class SlowDocuments(Documents):
    """Documents: ``count`` more, their indexes ``lag`` updates behind; ``begun`` were to be built."""

    def __init__(self, server: WatchedServer) -> None:
        super().__init__(lambda: server, server.close)
        self.lag = 0
        self.count = 0
        self.begun: list[tuple[str, str]] = []

    def document_count(self) -> int:
        return super().document_count() + self.count

    def updates_pending(self, design: str) -> int:
        return super().updates_pending(design) + self.lag

    def start_building(self, design: str, view: str) -> None:
        super().start_building(design, view)
        self.begun.append((design, view))


@pytest.fixture
def server() -> Iterator[EmbeddedServer]:
    opened = EmbeddedServer(None, writer=True)
    yield opened
    opened.close()


@pytest.fixture
def documents(server: EmbeddedServer) -> SlowDocuments:
    made = SlowDocuments(WatchedServer(server))
    made.ensure_database()
    made.bulk([{"_id": "a", "x": 1, "y": 2}])
    return made


def names(documents: Documents) -> list[str]:
    return [str(one["_id"]) for one in documents.designs()]


def key(documents: Documents) -> object:
    [row] = documents.view("lists", "v")
    return row.key


def test_the_first_start_puts_all_into_place(documents: SlowDocuments) -> None:
    assert documents.ensure_designs([design("lists", BY_X), design("more", BY_Y)])
    assert names(documents) == ["_design/lists", "_design/more"]
    assert key(documents) == 1


def test_a_view_that_is_new_is_shown_when_it_is_built(documents: SlowDocuments) -> None:
    documents.ensure_designs([design("lists", BY_X)])
    documents.count = documents.lag = NEARLY_BUILT_MAX + 1
    both = [design("lists", BY_X), design("more", BY_Y)]
    assert not documents.ensure_designs(both)
    with pytest.raises(DocumentsUnavailableError, match="missing"):
        documents.view("more", "v")
    documents.lag = 0
    assert documents.ensure_designs(both)
    assert [row.key for row in documents.view("more", "v")] == [2]


def test_what_is_in_place_is_only_looked_at(server: EmbeddedServer, documents: SlowDocuments) -> None:
    documents.ensure_designs([design("lists", BY_X)])
    watched = WatchedServer(server)
    assert Documents(lambda: watched, watched.close).ensure_designs([design("lists", BY_X)])
    assert watched.asked == ["GET _all_docs"]


def test_readers_have_the_old_view_until_the_new_one_is_built(documents: SlowDocuments) -> None:
    documents.ensure_designs([design("lists", BY_X)])
    documents.lag = NEARLY_BUILT_MAX + 1
    for _ in range(2):
        assert not documents.ensure_designs([design("lists", BY_Y)])
        assert key(documents) == 1
    beside = f"_design/lists.{str(design('lists', BY_Y)['digest'])[:12]}"
    assert names(documents) == ["_design/lists", beside]
    assert documents.begun == [(beside, "v")] * 2
    documents.lag = NEARLY_BUILT_MAX
    assert documents.ensure_designs([design("lists", BY_Y)])
    assert (key(documents), names(documents)) == (2, ["_design/lists"])


def test_what_was_built_beside_is_not_built_again(server: EmbeddedServer, documents: SlowDocuments) -> None:
    documents.ensure_designs([design("lists", BY_X)])
    documents.lag = NEARLY_BUILT_MAX + 1
    documents.ensure_designs([design("lists", BY_Y)])
    memory = server._store._memory
    assert memory is not None
    maps = "SELECT number FROM indexes WHERE map = ?"
    built = memory.execute(maps, (BY_Y,)).fetchall()
    documents.lag = 0
    documents.ensure_designs([design("lists", BY_Y)])
    assert memory.execute(maps, (BY_Y,)).fetchall() == built
    assert memory.execute(maps, (BY_X,)).fetchall() == []


def test_a_change_that_is_changed_again_leaves_nothing_behind(documents: SlowDocuments) -> None:
    documents.ensure_designs([design("lists", BY_X)])
    documents.lag = NEARLY_BUILT_MAX + 1
    documents.ensure_designs([design("lists", BY_Y)])
    assert documents.ensure_designs([design("lists", BY_X)])
    assert (key(documents), names(documents)) == (1, ["_design/lists"])


def test_ours_that_are_not_wanted_any_more_go_and_those_of_others_stay(documents: SlowDocuments) -> None:
    documents.bulk([{"_id": "_design/of_an_operator", "views": {"v": {"map": BY_X}}}])
    documents.ensure_designs([design("lists", BY_X), design("more", BY_Y)])
    assert documents.ensure_designs([design("lists", BY_X)])
    assert names(documents) == ["_design/lists", "_design/of_an_operator"]


def test_another_process_reads_the_old_rows_or_the_new_ones_and_all_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(builds, "BATCH", 2)
    monkeypatch.setattr(builds, "DOCUMENTS_MAX", 2)
    monkeypatch.setattr(design_upgrade, "NEARLY_BUILT_MAX", 1)
    writer = open_documents("sqlite", tmp_path, writer=True)
    reader = open_documents("sqlite", tmp_path, writer=False)
    writer.ensure_database()
    writer.bulk([{"_id": f"d{place}", "x": place, "y": -place} for place in range(10)])
    while not writer.ensure_designs([design("lists", BY_X)]):
        with pytest.raises(DocumentsUnavailableError):
            reader.view("lists", "v")
    rounds = 0
    while not writer.ensure_designs([design("lists", BY_Y)]):
        assert [row.key for row in reader.view("lists", "v")] == list(range(10))
        rounds += 1
    assert rounds > 1
    assert [row.key for row in reader.view("lists", "v")] == [-place for place in reversed(range(10))]
    reader.close()
    writer.close()


def until_in_place(documents: Documents) -> None:
    for _ in range(10):
        if documents.ensure_designs([design("lists", BY_Y)]):
            return
    raise AssertionError("never in place")


def upgraded(server: EmbeddedServer) -> int:
    """The requests that an upgrade takes."""
    watched = WatchedServer(server)
    until_in_place(Documents(lambda: watched, watched.close))
    return len(watched.asked)


REQUESTS: Final = range(7)


def test_an_upgrade_takes_so_many_requests(server: EmbeddedServer, documents: SlowDocuments) -> None:
    documents.ensure_designs([design("lists", BY_X)])
    assert upgraded(server) == len(REQUESTS) - 1


@pytest.mark.parametrize("killed_at", REQUESTS)
@pytest.mark.parametrize("carried_out", [False, True])
def test_a_change_that_was_cut_off_is_resumed_at_the_next_start(
    server: EmbeddedServer, documents: SlowDocuments, killed_at: int, carried_out: bool
) -> None:
    documents.ensure_designs([design("lists", BY_X)])
    dying = WatchedServer(server)

    def die(number: int) -> None:
        if number == killed_at + carried_out:
            raise OSError("killed")

    dying.before = die
    dies = killed_at + carried_out < len(REQUESTS) - 1
    first = Documents(lambda: dying, dying.close)
    if dies:
        with pytest.raises(DocumentsUnavailableError):
            until_in_place(first)
    assert key(documents) in (1, 2)
    until_in_place(documents)
    assert (key(documents), names(documents)) == (2, ["_design/lists"])


@pytest.mark.parametrize("met_at", REQUESTS)
def test_two_may_do_it_at_the_same_time(
    server: EmbeddedServer, documents: SlowDocuments, met_at: int
) -> None:
    documents.ensure_designs([design("lists", BY_X)])
    meeting = WatchedServer(server)

    def meet(number: int) -> None:
        if number == met_at:
            until_in_place(documents)

    meeting.before = meet
    one = Documents(lambda: meeting, meeting.close)
    with contextlib.suppress(DocumentsUnavailableError):  # what it looks for the other has moved already
        until_in_place(one)
    until_in_place(one)
    assert (key(documents), names(documents)) == (2, ["_design/lists"])
