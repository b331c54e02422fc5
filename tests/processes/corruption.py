"""Owns the ways to damage a log: bits, rows, order, strangers, old epochs, and histories written anew.

Never judges whether the damage is noticed.
Called by the tests of corruptions.

Every kind is a function of chance and a stream's frames. What has a right checksum and a right chain, but a
wrong history, is made by ``rewritten``: only the rules of the audit can tell.
"""

import random
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple, TypeVar

import msgspec

from actors.machines.messages.book_events import OrderCancelled, OrderMatched
from actors.machines.messages.events import (
    EventChanged,
    MoneyDeposited,
    OrderPlaced,
    OrderUpdated,
    PositionSettled,
    VerdictNoted,
)
from actors.machines.messages.posted import OrderReport, SubmitOrder
from actors.machines.messages.record import Body, Sent, decode, encode
from rabbit.frame import DIGEST_BYTES, EpochPayload, RecordPayload, seal, unseal

Frames = list[bytes]
ChangedT = TypeVar("ChangedT", bound=msgspec.Struct)


class Place(NamedTuple):
    """A record of a stream that is to be damaged: its row, counted from 0."""

    stream: str
    at: int


# Bytes.


def flipped(chance: random.Random, frames: Frames, at: int) -> Frames:
    """One bit is another."""
    bit = chance.randrange(8 * len(frames[at]))
    frame = bytearray(frames[at])
    frame[bit // 8] ^= 1 << bit % 8
    return [*frames[:at], bytes(frame), *frames[at + 1 :]]


def truncated(chance: random.Random, frames: Frames, at: int) -> Frames:
    """Only the first bytes are left."""
    return [*frames[:at], frames[at][: chance.randrange(len(frames[at]))], *frames[at + 1 :]]


# Rows.


def removed(_chance: random.Random, frames: Frames, at: int) -> Frames:
    return [*frames[:at], *frames[at + 1 :]]


def repeated(chance: random.Random, frames: Frames, at: int) -> Frames:
    """A row stands somewhere behind itself again, before the next epoch (later, a broker's is only stale)."""
    epochs = [row for row in range(at, len(frames)) if isinstance(unseal(frames[row])[1], EpochPayload)]
    behind = chance.randrange(at + 1, min([*epochs, len(frames)]) + 1)
    return [*frames[:behind], frames[at], *frames[behind:]]


def swapped(chance: random.Random, frames: Frames, at: int) -> Frames:
    other = chance.choice([row for row in range(len(frames)) if row != at])
    changed = list(frames)
    changed[at], changed[other] = changed[other], changed[at]
    return changed


# Envelopes with a right checksum.


def of_older_epoch(_chance: random.Random, frames: Frames, at: int) -> Frames:
    """The record says that a writer of another epoch wrote it."""
    payload = record_at(frames, at)
    epoch = payload.epoch - 1 or payload.epoch + 1
    return [*frames[:at], seal(msgspec.structs.replace(payload, epoch=epoch)), *frames[at + 1 :]]


def of_another_log(_chance: random.Random, frames: Frames, at: int) -> Frames:
    payload = record_at(frames, at)
    return [*frames[:at], seal(msgspec.structs.replace(payload, log="f" * 32)), *frames[at + 1 :]]


def of_another_stream(_chance: random.Random, frames: Frames, at: int) -> Frames:
    payload = record_at(frames, at)
    return [*frames[:at], seal(msgspec.structs.replace(payload, stream="accounts-9")), *frames[at + 1 :]]


def of_another_time(chance: random.Random, frames: Frames, at: int) -> Frames:
    """Long before the record before it; those behind it follow it."""
    payload = record_at(frames, at)
    early = msgspec.structs.replace(payload, time=chance.randrange(1_000))
    return rechained([*frames[:at], seal(early), *frames[at + 1 :]], at)


def sealed_anew(_chance: random.Random, frames: Frames, at: int) -> Frames:
    """Another body with a right checksum; those behind it still refer to the old one."""
    payload = record_at(frames, at)
    body = msgspec.Raw(encode(Body({}, (), {}, {})))
    return [*frames[:at], seal(msgspec.structs.replace(payload, body=body)), *frames[at + 1 :]]


# A right chain, and a wrong history.


FIELDS: Final[dict[type, tuple[str, ...]]] = {
    MoneyDeposited: ("amount", "balance", "account_id"),
    OrderPlaced: ("order_id", "account_id", "price", "quantity", "exposure", "market_exposure", "item"),
    OrderUpdated: ("order_id", "account_id", "left", "exposure", "market_exposure"),
    OrderMatched: ("order_id", "account_id", "price", "quantity", "left"),
    OrderCancelled: ("order_id", "account_id", "price", "quantity"),
    PositionSettled: ("gross", "commission", "result", "balance", "exposure"),
    VerdictNoted: ("clearing",),
    SubmitOrder: ("order_id", "account_id", "price", "quantity"),
    OrderReport: ("order_id", "account_id", "left"),
}
"""What the rules speak of, by the kind of event or message."""


def rewritten(chance: random.Random, frames: Frames, at: int) -> Frames:
    """One number in one event or message is another; the chain is made to agree."""
    payload = record_at(frames, at)
    body = chance.choice(list(other_bodies(chance, decode(bytes(payload.body)))))
    changed = msgspec.structs.replace(payload, body=msgspec.Raw(encode(body)))
    return rechained([*frames[:at], seal(changed), *frames[at + 1 :]], at)


def other_bodies(chance: random.Random, body: Body) -> Iterator[Body]:
    """The body with a number changed, once for each event, message and cursor that has one."""
    for at, event in enumerate(body.events):
        if type(event) in FIELDS:
            events = (*body.events[:at], changed_in(chance, event), *body.events[at + 1 :])
            yield msgspec.structs.replace(body, events=events)
        if not isinstance(event, EventChanged):  # an event of the catalogue may be changed to what it is
            yield msgspec.structs.replace(body, events=(*body.events, event))
    for source, number in body.cursors.items():
        yield msgspec.structs.replace(body, cursors={**body.cursors, source: number + chance.choice([-1, 1])})
    for destination, sent in body.sent.items():
        yield msgspec.structs.replace(
            body, sent={**body.sent, destination: Sent(sent.first + 1, sent.messages)}
        )
        for at, message in enumerate(sent.messages):
            if type(message) in FIELDS:
                messages = (*sent.messages[:at], changed_in(chance, message), *sent.messages[at + 1 :])
                instead = Sent(sent.first, messages)
                yield msgspec.structs.replace(body, sent={**body.sent, destination: instead})


def changed_in(chance: random.Random, value: ChangedT) -> ChangedT:
    """The value with one of its numbers one more."""
    field = chance.choice(FIELDS[type(value)])
    return msgspec.structs.replace(value, **{field: getattr(value, field) + 1})


def rechained(frames: Frames, at: int) -> Frames:
    """The frames from ``at`` on, made to follow each other again."""
    changed = list(frames)
    record_digest = next(
        (
            frame[:DIGEST_BYTES]
            for frame in reversed(changed[: at + 1])
            if isinstance(unseal(frame)[1], RecordPayload)
        ),
        b"",
    )
    for row in range(at + 1, len(changed)):
        payload = unseal(changed[row])[1]
        previous = changed[row - 1][:DIGEST_BYTES] if isinstance(payload, EpochPayload) else record_digest
        changed[row] = seal(msgspec.structs.replace(payload, previous=previous))
        if isinstance(payload, RecordPayload):
            record_digest = changed[row][:DIGEST_BYTES]
    return changed


def record_at(frames: Frames, at: int) -> RecordPayload:
    payload = unseal(frames[at])[1]
    assert isinstance(payload, RecordPayload)
    return payload


Kind = Callable[[random.Random, Frames, int], Frames]
DAMAGES: Final[tuple[Kind, ...]] = (
    flipped,
    truncated,
    removed,
    repeated,
    swapped,
    of_older_epoch,
    of_another_log,
    of_another_stream,
    of_another_time,
    sealed_anew,
)
"""What the chain notices."""


def places(streams: dict[str, Frames]) -> list[Place]:
    """Every record but each stream's first and last."""
    return [
        Place(stream, at)
        for stream, frames in streams.items()
        for at in range(2, len(frames) - 1)
        if isinstance(unseal(frames[at])[1], RecordPayload)
    ]
