"""Owns the tests of a log's description: what it may hold, and what it is compared with.

Never touches a place where one is kept.
Called by pytest.
"""

import pytest

from rabbit.description import (
    Description,
    decode,
    encode,
    identity_for,
    new_description,
    require_names,
    require_streams,
)
from rabbit.log import LogCorruptError, LogError

KNOWN = Description(1, "0af3", ("accounts-0", "markets-0"))


def test_the_bytes_of_format_1() -> None:
    encoded = b'{"version":1,"log":"0af3","streams":["accounts-0","markets-0"]}'
    assert encode(KNOWN) == encoded
    assert decode(encoded, "here") == KNOWN


def test_every_new_log_is_another() -> None:
    one, other = new_description(KNOWN.streams), new_description(KNOWN.streams)
    assert one.streams == other.streams == KNOWN.streams
    assert one.log != other.log


@pytest.mark.parametrize(
    ("encoded", "kind", "reason"),
    [
        (b"", LogCorruptError, "here is not the description of a log"),
        (b'{"version":1}', LogCorruptError, "here is not the description of a log"),
        (b'{"version":1,"log":"0","streams":[],"more":1}', LogCorruptError, "is not the description"),
        (b'{"version":2,"log":"0","streams":[]}', LogError, "here describes a log of format 2"),
    ],
)
def test_anything_else_is_refused(encoded: bytes, kind: type[LogError], reason: str) -> None:
    with pytest.raises(kind, match=reason):
        decode(encoded, "here")


@pytest.mark.parametrize("name", ["accounts-0", "a", "0", "a" * 64])
def test_a_name_that_is_one_everywhere_may_be_a_stream_s(name: str) -> None:
    require_names((name,))


@pytest.mark.parametrize("name", ["", "Accounts", "a/b", "../x", "-a", "a b", "a.b", "é", "a" * 65])
def test_a_name_that_is_none_somewhere_is_refused(name: str) -> None:
    with pytest.raises(LogError, match="a stream's name has small letters, digits and dashes"):
        require_names(("accounts-0", name))


def test_streams_are_the_same_in_the_same_order() -> None:
    require_streams(KNOWN, KNOWN.streams, "here")
    for other in ((), KNOWN.streams[:1], KNOWN.streams[::-1], (*KNOWN.streams, "markets-1")):
        with pytest.raises(LogError, match="the log here already exists, with the streams accounts-0, mark"):
            require_streams(KNOWN, other, "here")


def test_the_identity_is_given_for_a_stream_of_the_log_only() -> None:
    assert identity_for(KNOWN, "markets-0", "here") == "0af3"
    with pytest.raises(LogError, match="the log here has no stream markets-1"):
        identity_for(KNOWN, "markets-1", "here")
    with pytest.raises(LogError, match="there is no log here: it is made by initialising it"):
        identity_for(None, "markets-0", "here")
