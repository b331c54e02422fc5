"""Owns what counts as one address: an IPv4 address, or the network of an IPv6 address; this machine is none.

Never looks one up.
Called by whoever limits what comes from one address.

Who has one address of IPv6 mostly has a whole network of them, 2^64 addresses.
"""

from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from typing import Final

from actors.machines import limits

_NETWORK_BITS: Final = 64


@lru_cache(limits.MEMBERS_REMEMBERED_MAX)
def origin_of(address: str) -> str | None:
    """What stands for everybody who comes from there; None for this machine, or where it isn't known."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is None:
            return None if parsed.is_loopback else f"{int(parsed) >> _NETWORK_BITS:x}::"
        parsed = parsed.ipv4_mapped
    return None if parsed.is_loopback else str(parsed)
