"""Owns the tests of the rules by which records follow each other: a table, and random damage.

Never touches a store: a stream is a list of frames here.
Called by pytest.

A case is written in words: ``E2`` begins epoch 2, ``4`` is record 4 by the epoch that began last, following
the last ``3``. Besides there is ``4@1``, a record 4 by epoch 1; ``4!``, a record 4 with other content; and
``=4`` or ``=E2``, the very frame once more.
"""

from typing import Final

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rabbit.chain import Chain
from rabbit.frame import DIGEST_BYTES, EpochPayload, RecordPayload, seal
from rabbit.log import LogCorruptError, Position, Record

LOG: Final = "0af3"
STREAM: Final = "accounts-0"


def written(words: str, log: str = LOG, stream: str = STREAM, version: int = 1) -> list[bytes]:
    """The frames of a case."""
    frames: list[bytes] = []
    known: dict[str, bytes] = {}
    epoch = 1
    for word in words.split():
        if word.startswith("="):
            frames.append(known[word[1:]])
            continue
        if word.startswith("E"):
            epoch = int(word[1:].rstrip("!"))
            row_before = frames[-1][:DIGEST_BYTES] if frames else b""
            frame = seal(EpochPayload(version, log, stream, epoch, f"nonce of {word}", row_before))
        else:
            number, _, by_epoch = word.rstrip("!").partition("@")
            previous = known.get(str(int(number) - 1), b"")[:DIGEST_BYTES]
            body = msgspec.Raw(f'"{word}"'.encode())
            frame = seal(
                RecordPayload(
                    version,
                    log,
                    stream,
                    int(by_epoch or epoch),
                    int(number),
                    10 * int(number),
                    previous,
                    body,
                )
            )
        known[word] = frame
        frames.append(frame)
    return frames


def taken(chain: Chain, frames: list[bytes]) -> list[Record]:
    """The records that the chain lets through."""
    return [record for frame in frames if (record := chain.take(frame)) is not None]


def bodies(records: list[Record]) -> str:
    return " ".join(msgspec.json.decode(record.body, type=str) for record in records)


@pytest.mark.parametrize("fenced", [True, False])
@pytest.mark.parametrize(
    ("words", "through"),
    [
        ("", ""),
        ("E1", ""),
        ("E1 1 2 3", "1 2 3"),
        ("E1 1 E2 2 3 E3 E4 4", "1 2 3 4"),
    ],
)
def test_what_follows_goes_through(words: str, through: str, *, fenced: bool) -> None:
    assert bodies(taken(Chain(LOG, STREAM, fenced=fenced), written(words))) == through


@pytest.mark.parametrize("fenced", [True, False])
@pytest.mark.parametrize(
    ("words", "reason"),
    [
        # Epochs.
        ("1", "what should be record 1 is of epoch 1, which never began"),
        ("E1 1 2@2", "what should be record 2 is of epoch 2, which never began"),
        ("E2", "what should be record 1 begins epoch 2, but epoch 1 never began"),
        ("E1 1 E3", "what should be record 2 begins epoch 3, but epoch 2 never began"),
        # Repetition.
        ("E1 1 =1", "what should be record 2 is record 1 again: repeated"),
        ("E1 1 2 3 =2", "what should be record 4 is record 2: repeated or out of order"),
        ("E1 1 2 2!", "what should be record 3 is a second record 2, with other content"),
        ("E1 1 E2 2 3 =3", "what should be record 4 is record 3 again: repeated"),
        # Gaps.
        ("E1 2", "what should be record 1 is record 2: what lies between is missing"),
        ("E1 1 2 5", "what should be record 3 is record 5: what lies between is missing"),
        ("E1 1 E2 3", "what should be record 2 is record 3: what lies between is missing"),
        # Replacement.
        ("E1 1 2! 3", "what should be record 3 does not follow the record 2 that stands before it"),
    ],
)
def test_what_does_not_follow_stops_the_stream(words: str, reason: str, *, fenced: bool) -> None:
    frames = written(words)
    chain = Chain(LOG, STREAM, fenced=fenced)
    taken(chain, frames[:-1])
    position, epoch = chain.position, chain.epoch
    for _ in range(2):
        with pytest.raises(LogCorruptError, match=f"^stream accounts-0: {reason}"):
            chain.take(frames[-1])
        assert (chain.position, chain.epoch) == (position, epoch)


@pytest.mark.parametrize(
    ("words", "through", "reason"),
    [
        ("E1 1 E2 2@1 2", "1 2", "what should be record 2 is record 2 of epoch 1, but epoch 2 had begun"),
        ("E1 1 E2 2 3@1 3", "1 2 3", "what should be record 3 is record 3 of epoch 1, but epoch 2 had begun"),
        ("E1 1 E2 =1 2", "1 2", "what should be record 2 is record 1 of epoch 1, but epoch 2 had begun"),
        ("E1 1 E2 5@1 2", "1 2", "what should be record 2 is record 5 of epoch 1, but epoch 2 had begun"),
        ("E1 1 E2 E2! 2", "1 2", "what should be record 2 begins epoch 2 again"),
        ("E1 1 E2 =E1 2", "1 2", "what should be record 2 begins epoch 1 again"),
        ("E1 1 =E1 2", "1 2", "what should be record 2 begins epoch 1 again"),
    ],
)
def test_what_is_stale_is_passed_over_unless_the_store_is_fenced(
    words: str, through: str, reason: str
) -> None:
    assert bodies(taken(Chain(LOG, STREAM, fenced=False), written(words))) == through
    with pytest.raises(LogCorruptError, match=f"^stream accounts-0: {reason}"):
        taken(Chain(LOG, STREAM), written(words))


def test_of_two_writers_that_want_an_epoch_the_first_has_it() -> None:
    chain = Chain(LOG, STREAM, fenced=False)
    taken(chain, written("E1 1 E2 E2!"))
    assert (chain.epoch, chain.nonce) == (2, "nonce of E2")


def test_a_record_that_is_gone_is_missed_by_the_next_epoch() -> None:
    first, _, _, *later = written("E1 1 2 E2")
    chain = Chain(LOG, STREAM)
    with pytest.raises(
        LogCorruptError, match="what should be record 1 begins epoch 2, but not after the row"
    ):
        taken(chain, [first, *later])


def test_time_that_goes_back_stops_the_stream() -> None:
    chain = Chain(LOG, STREAM)
    (first,) = taken(chain, written("E1 1"))
    early = seal(RecordPayload(1, LOG, STREAM, 1, 2, first.time - 1, first.digest, msgspec.Raw(b"0")))
    with pytest.raises(LogCorruptError, match="what should be record 2 is of time 9, earlier than"):
        chain.take(early)


@pytest.mark.parametrize(
    ("frames", "reason"),
    [
        (written("E1 1", log="beef"), "is foreign: it belongs to the log beef, not to 0af3"),
        (written("E1 1", stream="markets-0"), "is foreign: it belongs to the stream markets-0"),
        (written("E1 1", version=2), "was written in format 2, and this program reads formats up to 1"),
        (written("E1 1", version=0), "is foreign: there never was a format 0"),
        ([b"nothing of ours at all"], "is torn or altered"),
    ],
)
def test_what_is_foreign_stops_the_stream(frames: list[bytes], reason: str) -> None:
    for frame in frames:
        with pytest.raises(LogCorruptError, match=f"^stream accounts-0: what should be record 1 {reason}"):
            Chain(LOG, STREAM).take(frame)


# From a position.

LONG: Final = "E1 1 2 3 E2 4@1 4 5 E3 6"


@pytest.mark.parametrize("number", range(1, 7))
def test_a_chain_finds_its_position_from_any_frame_before_it(number: int) -> None:
    frames = written(LONG)
    records = taken(Chain(LOG, STREAM, fenced=False), frames)
    place = frames.index(next(frame for frame in frames if frame.startswith(records[number - 1].digest)))
    for first in range(number):
        chain = Chain(LOG, STREAM, records[number - 1].position, fenced=False)
        assert taken(chain, frames[first:place]) == []
        arrived = [chain.arrived]
        assert taken(chain, frames[place:]) == records[number:]
        arrived.append(chain.arrived)
        assert arrived == [False, True]
        assert chain.position == records[-1].position


@pytest.mark.parametrize(
    ("words", "sequence"),
    [("E1 1 2! 3", 2), ("E1 1 3", 2), ("E1 1 E2 2@2 3@2", 3), ("E1 1 2 3 E2 4!", 4)],
)
def test_a_position_that_is_not_in_the_log_stops_the_stream(words: str, sequence: int) -> None:
    chain = Chain(LOG, STREAM, Position(sequence, b"another digest.."))
    with pytest.raises(LogCorruptError, match=f"record {sequence} is not the one that was read here before"):
        taken(chain, written(words))


def test_a_damaged_frame_on_the_way_to_a_position_stops_the_stream() -> None:
    frames = written("E1 1 2 3")
    last = taken(Chain(LOG, STREAM), frames)[-1]
    chain = Chain(LOG, STREAM, last.position)
    with pytest.raises(LogCorruptError, match="a record on the way to record 3 is torn or altered"):
        taken(chain, [frames[1][:-1], *frames[2:]])


# Writing.


def test_what_a_chain_writes_follows() -> None:
    writing, reading = Chain(LOG, STREAM), Chain(LOG, STREAM)
    frames = [writing.epoch_record(1, "nonce", b"")]
    writing.take(frames[0])
    for time in (5, 3, 9):
        frames.append(writing.next_record(b"[%d]" % time, time))
        writing.take(frames[-1])
    assert [(record.time, record.body) for record in taken(reading, frames)] == [
        (5, b"[5]"),
        (5, b"[3]"),
        (9, b"[9]"),
    ]


# Random damage.


@st.composite
def damaged(draw: st.DrawFn) -> tuple[list[bytes], list[bytes]]:
    """A stream, and the same with one thing wrong that is more than the loss of its end."""
    words: list[str] = []
    for epoch, count in enumerate(draw(st.lists(st.integers(0, 4), min_size=2, max_size=5)), 1):
        done = sum(not word.startswith("E") for word in words)
        words += [f"E{epoch}", *(str(done + number) for number in range(1, count + 1))]
    frames = written(" ".join(words))
    index, other = draw(st.permutations(range(len(frames))))[:2]
    wrong = list(frames)
    match draw(st.sampled_from(["flip", "cut", "drop", "repeat", "swap", "replace"])):
        case "flip":
            bit = draw(st.integers(0, 8 * len(frames[index]) - 1))
            flipped = bytearray(frames[index])
            flipped[bit // 8] ^= 1 << bit % 8
            wrong[index] = bytes(flipped)
        case "cut":
            wrong[index] = frames[index][: draw(st.integers(0, len(frames[index]) - 1))]
        case "drop":
            del wrong[min(index, other)]
        case "repeat":
            wrong.insert(other, frames[index])
        case "swap":
            wrong[index], wrong[other] = frames[other], frames[index]
        case "replace":
            wrong[index] = written(" ".join(words), log="beef")[index]
    return frames, wrong


@given(damaged())
def test_damage_is_always_noticed(streams: tuple[list[bytes], list[bytes]]) -> None:
    frames, wrong = streams
    whole = taken(Chain(LOG, STREAM), frames)
    chain = Chain(LOG, STREAM)
    with pytest.raises(LogCorruptError, match=r"^stream accounts-0: what should be record"):
        taken(chain, wrong)
    # What went through until then is the beginning of what was written.
    assert chain.position in [Position(), *(record.position for record in whole)]
