"""Owns the body of a log record: what one turn of a stream did, complete enough to replay it.

Never holds the envelope (epoch, sequence, time, hash): that is the log's, in rabbit/.
Called by the turn (which makes bodies) and by every follower of the log.
"""

import msgspec

from actors.machines.messages.base import Count, Part
from actors.machines.messages.events import Event
from actors.machines.messages.posted import Posted


class Sent(Part):
    """Messages to one destination; the first has this number, the rest follow consecutively."""

    first: int
    messages: tuple[Posted, ...]


class ReadTo(Part):
    """How far another stream's log was read: the last record taken, and its hash."""

    sequence: Count
    digest: bytes


class Body(Part):
    """One turn.

    ``cursors``: source stream -> number of the last message taken from it (those that moved).
    ``events``: what happened, in order. ``sent``: destination stream -> messages, numbered.
    ``acknowledged``: destination stream -> number up to which it has confirmed ours. ``read``: stream ->
    how far its log was read by this one, which follows it (where that moved).
    """

    cursors: dict[str, int]
    events: tuple[Event, ...]
    sent: dict[str, Sent]
    acknowledged: dict[str, int]
    read: dict[str, ReadTo] = msgspec.field(default_factory=dict)


class _Events(msgspec.Struct, array_like=True, frozen=True):
    """What of a body matters to who only follows what happens; the rest is skipped unread."""

    cursors: msgspec.Raw
    events: tuple[Event, ...]


_decoder = msgspec.json.Decoder(Body)
_events_decoder = msgspec.json.Decoder(_Events)
_encoder = msgspec.json.Encoder()


def encode(body: Body) -> bytes:
    """The body as JSON: an array, each message ``[name, field...]``."""
    return _encoder.encode(body)


def decode(data: bytes) -> Body:
    """The body again, every type and range checked; raises ``msgspec.ValidationError``."""
    return _decoder.decode(data)


def decode_events(data: bytes) -> tuple[Event, ...]:
    """The events of a body; raises ``msgspec.ValidationError``."""
    return _events_decoder.decode(data).events
