"""Owns what is said through the door of a stream: between the tree's host of it and a host elsewhere.

Never travels in the log, never through Thespian, and may be lost: all of it is repeated by who needs it.
Called by the lendable host (home) and the away host.

A claim is repeated as long as the away host lives; of another program's version it is refused. Whatever
changes between versions, ``Claim`` and ``Refused`` keep their shape.
"""

from typing import Final

import msgspec

from actors.processes.version import VERSION


class Claim(msgspec.Struct, frozen=True, tag=True):
    """From away: a host wants the stream, or works on it (``holds``: it has the lock, and has recovered).

    ``host`` names it for operators.
    """

    host: str
    holds: bool = False
    version: str = VERSION


class Released(msgspec.Struct, frozen=True, tag=True):
    """From away: the lock is free again, and nothing more comes."""


class RepliesFor(msgspec.Struct, frozen=True, tag=True):
    """From away: a ``Replies`` for the gateway that its ``AsksOf`` named."""

    gateway: str
    payload: bytes


class Granted(msgspec.Struct, frozen=True, tag=True):
    """From home: the lock is free for who claims it."""


class Refused(msgspec.Struct, frozen=True, tag=True):
    """From home: a claim that is in vain; ``reason`` is for the operator."""

    reason: str


class AsksOf(msgspec.Struct, frozen=True, tag=True):
    """From home: an ``Asks``, and what to call the gateway that it is from."""

    gateway: str
    payload: bytes


class Moved(msgspec.Struct, frozen=True, tag=True):
    """From home: these streams have new hosts, which may have lost letters."""

    streams: tuple[str, ...]


class AtHome(msgspec.Struct, frozen=True, tag=True):
    """From home: is anybody there? It is answered with a claim, and comes back if there is nobody."""


class LetterFor(msgspec.Struct, frozen=True, tag=True):
    """Either way: a ``Letters`` for a stream."""

    stream: str
    payload: bytes


FromAway = Claim | Released | RepliesFor | LetterFor
FromHome = Granted | Refused | AsksOf | Moved | AtHome | LetterFor

_encoder: Final = msgspec.msgpack.Encoder()
_from_away_decoder: msgspec.msgpack.Decoder[FromAway] = msgspec.msgpack.Decoder(FromAway)
_from_home_decoder: msgspec.msgpack.Decoder[FromHome] = msgspec.msgpack.Decoder(FromHome)


def encode(message: FromAway | FromHome) -> bytes:
    return _encoder.encode(message)


def decode_from_away(message: bytes) -> FromAway:
    """Raises ``msgspec.MsgspecError`` for what another version may say."""
    return _from_away_decoder.decode(message)


def decode_from_home(message: bytes) -> FromHome:
    """Raises ``msgspec.MsgspecError`` for what another version may say."""
    return _from_home_decoder.decode(message)
