"""Owns the envelope of a record as bytes: a digest, then a JSON array with what the log knows of it.

Never judges a record by the one before it (rabbit/chain.py does), never looks into a body.
Called by the chain alone.

A frame is 16 bytes of SHA-256 over the rest, then
``["record",version,log,stream,epoch,sequence,time,previous,body]`` or
``["epoch",version,log,stream,epoch,nonce,previous]``; in any format to come the version stands there, too.
SHA-256 because processors have it built in (twice as fast here as BLAKE2b) and any operator's tools can check
it; 16 bytes are plenty against accidents, which is all that is guarded against.
"""

import hashlib
from typing import Annotated, Final

import msgspec

from rabbit.log import FORMAT_VERSION

DIGEST_BYTES: Final = 16


Number = Annotated[int, msgspec.Meta(ge=1)]


class FrameError(Exception):
    """These bytes are not a whole frame; the message says what is wrong, as the end of a sentence."""


class RecordPayload(
    msgspec.Struct, frozen=True, array_like=True, tag="record", forbid_unknown_fields=True, gc=False
):
    """What happened in one turn. ``previous`` is the digest of the record before (empty for the first)."""

    version: int
    log: str
    stream: str
    epoch: Number
    sequence: Number
    time: int
    previous: bytes
    body: msgspec.Raw


class EpochPayload(
    msgspec.Struct, frozen=True, array_like=True, tag="epoch", forbid_unknown_fields=True, gc=False
):
    """A new writer has begun. It has no sequence: it may be written before the writer knows the last one.

    ``previous`` is the digest of the row before, an epoch record's too, where the store can tell it.
    """

    version: int
    log: str
    stream: str
    epoch: Number
    nonce: str
    previous: bytes


Payload = RecordPayload | EpochPayload

_decoder = msgspec.json.Decoder(Payload)
_encoder = msgspec.json.Encoder()


def seal(payload: Payload) -> bytes:
    """The payload as a frame."""
    encoded = _encoder.encode(payload)
    return _digest(encoded) + encoded


def unseal(frame: bytes) -> tuple[bytes, Payload]:
    """The digest and the payload of a frame; raises ``FrameError`` if a single bit of it is wrong."""
    if len(frame) <= DIGEST_BYTES:
        raise FrameError(f"is torn: {len(frame)} bytes are left of it")
    digest, encoded = frame[:DIGEST_BYTES], memoryview(frame)[DIGEST_BYTES:]
    if _digest(encoded) != digest:
        raise FrameError("is torn or altered: its digest does not match its bytes")
    try:
        return digest, _decoder.decode(encoded)
    except msgspec.MsgspecError as error:
        version = _version(encoded)
        if version is not None and version > FORMAT_VERSION:
            raise FrameError(newer(version)) from error
        raise FrameError(f"is whole, but of no format known here: {error}") from error


def newer(version: int) -> str:
    """What is wrong with a frame of a later format than this program knows."""
    return (
        f"was written in format {version}, and this program reads formats up to {FORMAT_VERSION}:"
        " a newer program wrote it, and is needed to read it"
    )


def _version(encoded: memoryview) -> int | None:
    """The version that every format has in the same place, whatever stands around it."""
    try:
        head = msgspec.json.decode(encoded, type=list[msgspec.Raw])
        return msgspec.json.decode(head[1], type=int)
    except (msgspec.MsgspecError, IndexError):
        return None


def _digest(encoded: bytes | memoryview) -> bytes:
    return hashlib.sha256(encoded, usedforsecurity=False).digest()[:DIGEST_BYTES]
