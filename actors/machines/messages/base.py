"""Owns how a message is written: frozen, slotted, typed, tagged with its name, checked at birth.

Never holds a message of its own; fields are only ever added at the end, with a default.
Called by every other module of this package.
"""

from typing import Annotated, dataclass_transform

import msgspec

from actors.machines import limits


@dataclass_transform(frozen_default=True, field_specifiers=(msgspec.field,))
class Message(msgspec.Struct, frozen=True, array_like=True, tag_field="message", tag=True, gc=False):
    """A command, an event, a posted message or an answer. On the wire: ``[name, field, field...]``.

    Types and ranges are checked when it is decoded; what spans fields is checked in
    ``__post_init__``, which raises ``ValueError``.
    """


@dataclass_transform(frozen_default=True, field_specifiers=(msgspec.field,))
class Part(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A value inside messages: like a message, without a name of its own on the wire."""


Identity = Annotated[int, msgspec.Meta(ge=1)]
Price = Annotated[int, msgspec.Meta(ge=limits.PRICE_MIN, le=limits.PRICE_MAX)]
Quantity = Annotated[int, msgspec.Meta(ge=limits.QUANTITY_MIN, le=limits.QUANTITY_MAX)]
Count = Annotated[int, msgspec.Meta(ge=0)]
Amount = Annotated[int, msgspec.Meta(ge=1, le=limits.DEPOSIT_MAX)]
"""Money that moves, in 1/10^8 of a currency unit."""
Commission = Annotated[int, msgspec.Meta(ge=0, le=limits.COMMISSION_MAX)]
"""A commission rate in 1/10000."""
Delay = Annotated[int, msgspec.Meta(ge=0, le=limits.IN_PLAY_DELAY_MAX_MS)]
"""How long orders wait in a market that is in play, in milliseconds."""
Time = Annotated[int, msgspec.Meta(ge=0, le=limits.TIME_US_MAX)]
"""Microseconds since 1970-01-01T00:00:00Z."""
AuctionLife = Annotated[int, msgspec.Meta(ge=0, le=limits.AUCTION_LIFE_MAX_S)]
"""Seconds for which an auction collects orders; 0: until staff ends it."""
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=limits.NAME_LENGTH_MAX)]
Username = Annotated[
    str,
    msgspec.Meta(pattern=f"^[a-z0-9_-]{{{limits.USERNAME_LENGTH_MIN},{limits.USERNAME_LENGTH_MAX}}}\\Z"),
]
