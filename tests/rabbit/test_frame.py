"""Owns the tests of the envelope: its exact bytes, and that no bit of it can change unnoticed.

Never tests what follows what (test_chain.py).
Called by pytest.
"""

import hashlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rabbit.frame import DIGEST_BYTES, EpochPayload, FrameError, Payload, RecordPayload, seal, unseal

RECORD = RecordPayload(
    1, "0af3", "accounts-0", 3, 812, 1_700_000_000_000_000, b"0123456789abcdef", msgspec.Raw(b'{"a":[1]}')
)
EPOCH = EpochPayload(1, "0af3", "accounts-0", 3, "c0ffee", b"0123456789abcdef")


@pytest.mark.parametrize(
    ("payload", "encoded"),
    [
        (
            RECORD,
            b'["record",1,"0af3","accounts-0",3,812,1700000000000000,"MDEyMzQ1Njc4OWFiY2RlZg==",{"a":[1]}]',
        ),
        (EPOCH, b'["epoch",1,"0af3","accounts-0",3,"c0ffee","MDEyMzQ1Njc4OWFiY2RlZg=="]'),
    ],
)
def test_the_bytes_of_format_1(payload: Payload, encoded: bytes) -> None:
    frame = seal(payload)
    assert frame[DIGEST_BYTES:] == encoded
    assert frame[:DIGEST_BYTES] == hashlib.sha256(encoded).digest()[:DIGEST_BYTES]
    assert unseal(frame) == (frame[:DIGEST_BYTES], payload)


@pytest.mark.parametrize("payload", [RECORD, EPOCH])
def test_every_flipped_bit_is_noticed(payload: Payload) -> None:
    frame = seal(payload)
    for bit in range(8 * len(frame)):
        flipped = bytearray(frame)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(FrameError, match="torn or altered"):
            unseal(bytes(flipped))


@pytest.mark.parametrize("payload", [RECORD, EPOCH])
def test_every_torn_frame_is_noticed(payload: Payload) -> None:
    frame = seal(payload)
    for length in range(len(frame)):
        with pytest.raises(FrameError, match="torn"):
            unseal(frame[:length])
    with pytest.raises(FrameError, match="torn or altered"):
        unseal(frame + b" ")


@given(st.binary(max_size=200))
def test_random_bytes_are_no_frame(noise: bytes) -> None:
    with pytest.raises(FrameError):
        unseal(noise)


@pytest.mark.parametrize(
    "encoded",
    [
        b"{}",
        b"[]",
        b'["letter",1]',
        b'["epoch",1,"0af3","accounts-0",3,"c0ffee"]',
        b'["epoch",1,"0af3","accounts-0",3,"c0ffee","",7]',
        b'["epoch",1,"0af3","accounts-0","3","c0ffee",""]',
        b'["record",1,"0af3","accounts-0",3,null,0,"",0]',
        b'["record",1,"0af3","accounts-0",3,1,0,"???",0]',
        b"\xff\xfe",
    ],
)
def test_a_whole_frame_of_another_kind_is_noticed(encoded: bytes) -> None:
    with pytest.raises(FrameError, match="of no format known here"):
        unseal(hashlib.sha256(encoded).digest()[:DIGEST_BYTES] + encoded)


@pytest.mark.parametrize("encoded", [b'["record",2,{"log":"0af3"}]', b'["batch",7]', b'["epoch",2,[],null]'])
def test_a_frame_of_a_later_format_says_so_whatever_its_shape(encoded: bytes) -> None:
    with pytest.raises(FrameError, match=r"was written in format \d, .* a newer program wrote it"):
        unseal(hashlib.sha256(encoded).digest()[:DIGEST_BYTES] + encoded)


@given(st.recursive(st.none() | st.integers(-(2**53), 2**53) | st.text(), st.lists, max_leaves=10))
def test_any_body_comes_back_byte_for_byte(value: object) -> None:
    body = msgspec.json.encode(value)
    _, payload = unseal(seal(msgspec.structs.replace(RECORD, body=msgspec.Raw(body))))
    assert isinstance(payload, RecordPayload)
    assert bytes(payload.body) == body
