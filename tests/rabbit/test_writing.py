"""Owns the tests of what every writer does, in conversation with a store that is played here.

Never repeats the contract (test_log.py).
Called by pytest.
"""

from collections.abc import Callable, Generator

import pytest

from rabbit.chain import Chain
from rabbit.log import LogError, LogLockedError, LogUnavailableError, Position, Record
from rabbit.writing import StoreWriter
from tests.rabbit.rigs import START, STREAM, append, body


class PlayedStore:
    """Keeps frames in a list; ``trouble`` is raised by the next that is asked of it."""

    def __init__(self, frames: list[bytes]) -> None:
        self.frames = frames
        self.trouble: LogError | None = None
        self.asked: list[str] = []

    def newest(self) -> bytes | None:
        self._note("newest")
        return self.frames[-1] if self.frames else None

    def append(self, frame: bytes) -> None:
        self._note("append")
        self.frames.append(frame)

    def pages(self, chain: Chain) -> Generator[list[Record], None, None]:
        self._note("pages")
        for frame in list(self.frames):
            record = chain.take(frame)
            yield [] if record is None else [record]

    def check(self) -> None:
        self._note("check")

    def close(self) -> None:
        self.asked.append("close")

    def _note(self, what: str) -> None:
        self.asked.append(what)
        if self.trouble is not None:
            raise self.trouble


def chain_from(after: Position) -> Chain:
    return Chain("0af3", STREAM, after, fenced=False)


def new_writer(store: PlayedStore) -> StoreWriter:
    return StoreWriter(STREAM, store, chain_from)


def test_a_writer_s_life_is_what_it_asks_of_its_store() -> None:
    store = PlayedStore([])
    writer = new_writer(store)
    assert list(writer.recover()) == []
    append(writer, 2)
    writer.keep_alive()
    writer.close()
    assert store.asked == ["newest", "append", "pages", "append", "append", "check", "close"]
    assert len(store.frames) == 3


@pytest.mark.parametrize("trouble", [LogUnavailableError("away"), LogLockedError("taken over")])
@pytest.mark.parametrize("step", ["append", "keep_alive", "recover"])
def test_after_any_trouble_a_writer_is_dead(trouble: LogError, step: str) -> None:
    store = PlayedStore([])
    writer = new_writer(store)
    if step != "recover":
        list(writer.recover())
    store.trouble = trouble
    steps: dict[str, Callable[[], object]] = {
        "append": lambda: writer.append(body(1), 1),
        "keep_alive": writer.keep_alive,
        "recover": lambda: list(writer.recover()),
    }
    with pytest.raises(type(trouble)):
        steps[step]()
    store.trouble = None
    asked = list(store.asked)
    assert asked[-1] == "close"
    for use in (writer.keep_alive, lambda: writer.append(body(1), 1)):
        with pytest.raises(LogError, match="has not recovered, has failed or was closed"):
            use()
    assert store.asked == asked


def test_a_stale_record_at_the_end_costs_a_second_attempt() -> None:
    frames: list[bytes] = []
    first = new_writer(PlayedStore(frames))
    list(first.recover())
    append(first, 2)
    before = len(frames)
    second = new_writer(PlayedStore(frames))
    assert len(list(second.recover())) == 2
    # The first one's last record comes when the second one is already there.
    append(first, 1, first=3)
    assert len(frames) == before + 2
    third = new_writer(PlayedStore(frames))
    assert third.epoch == 2
    with pytest.raises(LogLockedError, match="another writer has begun since"):
        list(third.recover())
    fourth = new_writer(PlayedStore(frames))
    assert fourth.epoch == 3
    assert [record.sequence for record in fourth.recover(START)] == [1, 2]
    assert append(fourth, 1)[0].sequence == 3
