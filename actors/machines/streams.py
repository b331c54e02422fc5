"""Owns the names of the log's streams and which stream owns which name or id.

Never talks to a log; streams are fixed when the log is initialised.
Called by machines (to address messages), the gateway (to route) and the launcher (to start hosts).
"""

import hashlib
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, Self

import msgspec

from actors.machines import limits

ID_STREAM_BITS: Final = 4
"""Ids made by an account stream end in its index, so that an id alone finds its stream."""

NAMES_KEPT_MAX: Final = 4_096
"""Names whose stream is remembered: it costs a digest otherwise."""

assert 1 << ID_STREAM_BITS == limits.STREAMS_OF_A_KIND_MAX


class Streams(msgspec.Struct, frozen=True):
    """How many streams of each kind the log was initialised with: powers of two, up to 16.

    Without ``social`` streams the exchange only trades.
    """

    accounts: int = 2
    markets: int = 2
    social: int = 1

    def __post_init__(self) -> None:
        for count, fewest in ((self.accounts, 1), (self.markets, 1), (self.social, 0)):
            if not fewest <= count <= limits.STREAMS_OF_A_KIND_MAX or count & (count - 1):
                message = f"a power of two up to {limits.STREAMS_OF_A_KIND_MAX} is needed, not {count}"
                raise ValueError(message)

    @classmethod
    def of_names(cls, names: Iterable[str]) -> Self:
        """What a log with streams of these names was initialised with."""
        counts = Counter(name.rpartition("-")[0] for name in names)
        return cls(counts["accounts"], counts["markets"], counts["social"])

    @property
    def account_names(self) -> tuple[str, ...]:
        return _names("accounts", self.accounts)

    @property
    def market_names(self) -> tuple[str, ...]:
        return _names("markets", self.markets)

    @property
    def social_names(self) -> tuple[str, ...]:
        return _names("social", self.social)

    @property
    def trading_names(self) -> tuple[str, ...]:
        """Those that trading takes; the social ones follow them."""
        return self.account_names + self.market_names

    @property
    def names(self) -> tuple[str, ...]:
        return self.trading_names + self.social_names

    def of_username(self, username: str) -> str:
        """The account stream that decides this username and holds its account."""
        return f"accounts-{leading_bits(f'account/{username}', self.accounts)}"

    def of_market(self, market_id: int) -> str:
        """The market stream that owns this market's one order book actor."""
        return f"markets-{leading_bits(f'market/{market_id}', self.markets)}"

    def of_activity(self, name: str) -> str:
        """The social stream that owns this activity stream (``member/17``, ``market/3``, ...)."""
        return f"social-{leading_bits(name, self.social)}"

    @property
    def of_events(self) -> str:
        """The stream that owns the catalogue of events and the exchange's own state."""
        return "markets-0"


@lru_cache
def _names(kind: str, count: int) -> tuple[str, ...]:
    return tuple(f"{kind}-{index}" for index in range(count))


# Orders name the same markets again and again.
@lru_cache(NAMES_KEPT_MAX)
def leading_bits(name: str, count: int) -> int:
    """Which of ``count`` (a power of two) streams the leading bits of the name's MD5 choose."""
    digest = hashlib.md5(name.encode(), usedforsecurity=False).digest()
    return int.from_bytes(digest[:2], "big") * count >> 16


def make_id(counter: int, stream: str) -> int:
    """The id that the ``counter``-th thing of an account stream gets."""
    return counter << ID_STREAM_BITS | int(stream.rpartition("-")[2])


def account_stream_of_id(identity: int) -> str:
    """The account stream that made this account or order id."""
    return f"accounts-{identity & (1 << ID_STREAM_BITS) - 1}"


def social_stream_of_id(identity: int) -> str:
    """The social stream that made this id of an entry."""
    return f"social-{identity & (1 << ID_STREAM_BITS) - 1}"
