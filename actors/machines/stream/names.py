"""Owns the names of activity streams: one for each member, market and event, and the exchange's.

Never says which social stream owns one (``streams.of_activity`` does).
Called by the social machine, the projection and the queries.
"""

from typing import Final

EXCHANGE: Final = "exchange"
MEMBER: Final = "member"
MARKET: Final = "market"
EVENT: Final = "event"


def of_member(account_id: int) -> str:
    return f"{MEMBER}/{account_id}"


def of_market(market_id: int) -> str:
    return f"{MARKET}/{market_id}"


def of_event(event_id: int) -> str:
    return f"{EVENT}/{event_id}"


def member_of(name: str) -> int:
    """The member whose activity stream this is; 0: it is no member's."""
    owner, _, number = name.partition("/")
    return int(number) if owner == MEMBER else 0
