"""Owns the tests of what is said through a door: it comes out as it went in, or is refused whole.

Never opens a door.
Called by pytest.
"""

import msgspec
import pytest

from actors.processes.door_messages import (
    AsksOf,
    AtHome,
    Claim,
    FromAway,
    FromHome,
    Granted,
    LetterFor,
    Moved,
    Refused,
    Released,
    RepliesFor,
    decode_from_away,
    decode_from_home,
    encode,
)
from actors.processes.version import VERSION

LETTER = LetterFor("markets-1", b"\x00\xff")


@pytest.mark.parametrize(
    "message", [Claim("here"), Claim("here", holds=True), Released(), RepliesFor("web", b"yes"), LETTER]
)
def test_home_hears_what_was_said_away(message: FromAway) -> None:
    assert decode_from_away(encode(message)) == message


@pytest.mark.parametrize(
    "message", [Granted(), Refused("no"), AsksOf("web", b"?"), Moved(("markets-0",)), AtHome(), LETTER]
)
def test_a_host_elsewhere_hears_what_was_said_at_home(message: FromHome) -> None:
    assert decode_from_home(encode(message)) == message


def test_a_claim_of_another_version_is_understood_whatever_else_it_says() -> None:
    claim = {"type": "Claim", "host": "here", "holds": False, "version": "another", "haste": 7}
    assert decode_from_away(msgspec.msgpack.encode(claim)) == Claim("here", version="another")
    assert Claim("here").version == VERSION


@pytest.mark.parametrize("message", [b"", b"hello", encode(Granted())])
def test_what_home_does_not_know_is_refused(message: bytes) -> None:
    with pytest.raises(msgspec.MsgspecError):
        decode_from_away(message)


@pytest.mark.parametrize("message", [b"", b"hello", encode(Released())])
def test_what_a_host_elsewhere_does_not_know_is_refused(message: bytes) -> None:
    with pytest.raises(msgspec.MsgspecError):
        decode_from_home(message)
