"""Owns the tests of how messages are written: names first, frozen, checked when they are read.

Never tests a single message.
Called by pytest.
"""

import msgspec
import pytest

from actors.machines.messages.base import Message, Part, Price, Username


class Priced(Message):
    price: Price
    username: Username = "alice"


class Holder(Part):
    price: Price


def test_a_message_is_its_name_and_its_fields() -> None:
    assert msgspec.json.encode(Priced(5000)) == b'["Priced",5000,"alice"]'
    assert msgspec.json.decode(b'["Priced",5000]', type=Priced) == Priced(5000)
    assert msgspec.json.encode(Holder(5000)) == b"[5000]"


def test_a_message_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        Priced(5000).price = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    "wire",
    [
        b'["Priced",0]',
        b'["Priced",10000]',
        b'["Priced",5000.0]',
        b'["Priced","5000"]',
        b'["Priced",true]',
        b'["Priced",5000,"Al"]',
        b'["Priced",5000,"ALICE"]',
        b'["Priced",5000,"alice\\n"]',
        b'["Other",5000]',
        b'["Priced"]',
        b"{}",
    ],
)
def test_what_is_out_of_range_or_of_another_type_is_never_born(wire: bytes) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(wire, type=Priced)
