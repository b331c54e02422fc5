"""Owns the test that what was once written is read for ever, and comes to the same.

Never writes the golden log: tests/rabbit/golden.py continues it where events are added.
Called by pytest.
"""

from typing import get_args

import msgspec
import pytest

from actors.machines.messages.events import Event
from rabbit.frame import EpochPayload, RecordPayload, seal, unseal
from rabbit.log import FORMAT_VERSION, LogCorruptError
from tests.rabbit.golden import kept_log, oracle, replayed
from tests.rabbit.golden_chapters import CHAPTERS
from tests.rabbit.golden_teller import STREAMS, Teller
from tests.rabbit.rigs import everything


@pytest.mark.parametrize("stream", STREAMS.names)
def test_the_golden_log_comes_to_what_it_came_to_when_it_was_written(stream: str) -> None:
    end = replayed(kept_log(), stream).end
    assert end == oracle().ends[stream]
    assert end.records > 10


def test_every_kind_of_event_is_in_it() -> None:
    log = kept_log()
    found = {name for stream in STREAMS.names for name in replayed(log, stream).events}
    assert found == {kind.__name__ for kind in get_args(Event)}
    assert oracle().chapters == len(CHAPTERS)


@pytest.mark.parametrize("stream", STREAMS.names)
def test_it_has_several_epochs_and_hosts_go_on_from_it(stream: str) -> None:
    log = kept_log()
    kinds = [type(unseal(frame)[1]) for frame in log.frames(stream)]
    assert kinds.count(EpochPayload) >= 3
    records = everything(log.reader(stream))
    exchange = Teller(log, len(CHAPTERS)).exchange
    exchange.tick()
    assert exchange.state_hashes()[stream] == oracle().ends[stream].state_hash
    assert everything(log.reader(stream)) == records


@pytest.mark.parametrize("stream", STREAMS.names)
def test_a_record_of_a_newer_program_stops_the_stream_and_says_so(stream: str) -> None:
    log = kept_log()
    last = everything(log.reader(stream))[-1]
    newer = RecordPayload(
        FORMAT_VERSION + 1,
        log._identity,
        stream,
        last.epoch,
        last.sequence + 1,
        last.time,
        last.digest,
        msgspec.Raw(b"0"),
    )
    log.frames(stream).append(seal(newer))
    with pytest.raises(
        LogCorruptError,
        match=f"^stream {stream}: what should be record {last.sequence + 1} was written in format 2, and this"
        " program reads formats up to 1: a newer program wrote it, and is needed to read it",
    ):
        everything(log.reader(stream))
