"""Owns what a log says of itself: its identity and its streams, made once and kept beside them.

Never says where that is kept: each implementation has a place for it.
Called by rabbit/sqlite.py and rabbit/amqp.py.
"""

import re
import secrets
from typing import Final

import msgspec

from rabbit.log import FORMAT_VERSION, LogCorruptError, LogError

STREAM_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


class Description(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``log`` is the identity, which every record repeats; ``streams`` in the order they were given."""

    version: int
    log: str
    streams: tuple[str, ...]


def new_description(streams: tuple[str, ...]) -> Description:
    """The description of a log that is being made."""
    return Description(FORMAT_VERSION, secrets.token_hex(16), streams)


def with_added(description: Description, streams: tuple[str, ...]) -> Description:
    """The description of the same log with all these streams, which those that it has are among."""
    return msgspec.structs.replace(description, streams=streams)


def require_names(streams: tuple[str, ...]) -> None:
    """Raises ``LogError`` for a name that would be no file's or queue's name everywhere."""
    for stream in streams:
        if not STREAM_NAME.fullmatch(stream):
            raise LogError(f"a stream's name has small letters, digits and dashes, not {stream!r}")


def encode(description: Description) -> bytes:
    return msgspec.json.encode(description)


def decode(encoded: bytes, where: str) -> Description:
    """Raises ``LogCorruptError`` for anything else, ``LogError`` for a log of another format."""
    try:
        description = msgspec.json.decode(encoded, type=Description)
    except msgspec.MsgspecError as error:
        raise LogCorruptError(f"{where} is not the description of a log: {error}") from error
    if description.version != FORMAT_VERSION:
        raise LogError(
            f"{where} describes a log of format {description.version}, this program knows {FORMAT_VERSION}"
        )
    return description


def require_streams(description: Description, streams: tuple[str, ...], where: str) -> None:
    """Raises ``LogError`` if the log that exists already isn't the one that is wanted."""
    if description.streams != streams:
        raise LogError(f"the log {where} already exists, with the streams {', '.join(description.streams)}")


def identity_for(description: Description | None, stream: str, where: str) -> str:
    """The log's identity; raises ``LogError`` if there is no log or no such stream in it."""
    if description is None:
        raise LogError(f"there is no log {where}: it is made by initialising it")
    if stream not in description.streams:
        raise LogError(f"the log {where} has no stream {stream}")
    return description.log
