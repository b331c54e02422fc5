"""Owns the tests of what counts as one address, as a table.

Never limits anything.
Called by pytest.
"""

import pytest

from resources.toolkit.addresses import origin_of


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2::1", "20010db800010002::"),
        ("2001:db8:1:2:ffff::9", "20010db800010002::"),
        ("2001:db8:1:3::1", "20010db800010003::"),
        ("fe80::1%eth0", "fe80000000000000::"),
        ("127.0.0.1", None),
        ("127.8.9.10", None),
        ("::1", None),
        ("::ffff:127.0.0.1", None),
        ("", None),
        ("unix:", None),
    ],
)
def test_an_address_stands_for_everybody_who_comes_from_there(address: str, origin: str | None) -> None:
    assert origin_of(address) == origin
