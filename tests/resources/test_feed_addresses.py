"""Owns the tests of the addresses of private feeds: only who has the secret can make one.

Never serves a feed.
Called by pytest.
"""

import pytest

from resources.feed_addresses import PLACE, FeedAddress, FeedAddresses, read_address

ADDRESSES = FeedAddresses(b"a secret")


def address_of(path: str) -> FeedAddress:
    address = read_address(path.removeprefix(PLACE).removesuffix("/"))
    assert address is not None
    return address


def test_an_address_proves_whose_and_the_how_manieth_it_is() -> None:
    address = address_of(ADDRESSES.path(17, 3))
    assert address.account_id == 17
    assert ADDRESSES.proves(address, 3)
    assert not ADDRESSES.proves(address, 4)
    assert not ADDRESSES.proves(address._replace(account_id=33), 3)
    assert not FeedAddresses(b"another secret").proves(address, 3)
    assert len(address.proof) == 43, "256 bits"


@pytest.mark.parametrize("text", ["", "-", "x", "x-y", "0-y", "-17", "17.5-y", "\N{FULLWIDTH DIGIT NINE}-y"])
def test_what_can_t_be_an_address_is_none(text: str) -> None:
    assert read_address(text) is None


@pytest.mark.parametrize("proof", ["", "x", "é", "A" * 43])
def test_a_proof_of_anything_is_only_ever_wrong(proof: str) -> None:
    assert not ADDRESSES.proves(FeedAddress(17, proof), 1)
