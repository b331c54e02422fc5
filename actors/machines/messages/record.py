"""Owns the body of a log record: what one turn of a stream did, complete enough to replay it.

Never holds the envelope (epoch, sequence, time, hash): that is the log's, in rabbit/.
Called by the turn (which makes bodies) and by every follower of the log.
"""

import msgspec

from actors.machines.messages.base import Part
from actors.machines.messages.events import Event
from actors.machines.messages.posted import Posted


class Sent(Part):
    """Messages to one destination; the first has this number, the rest follow consecutively."""

    first: int
    messages: tuple[Posted, ...]


class Body(Part):
    """One turn.

    ``cursors``: source stream -> number of the last message taken from it (those that moved).
    ``events``: what happened, in order. ``sent``: destination stream -> messages, numbered.
    ``acknowledged``: destination stream -> number up to which it has confirmed ours.
    """

    cursors: dict[str, int]
    events: tuple[Event, ...]
    sent: dict[str, Sent]
    acknowledged: dict[str, int]


_decoder = msgspec.json.Decoder(Body)
_encoder = msgspec.json.Encoder()


def encode(body: Body) -> bytes:
    """The body as JSON: an array, each message ``[name, field...]``."""
    return _encoder.encode(body)


def decode(data: bytes) -> Body:
    """The body again, every type and range checked; raises ``msgspec.ValidationError``."""
    return _decoder.decode(data)
