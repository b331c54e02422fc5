"""Owns the names of activity streams: one for each member, market and event, and the exchange's.

Never says which social stream owns one (``streams.of_activity`` does).
Called by the social machine, the projection and the queries.
"""

from typing import Final

EXCHANGE: Final = "exchange"


def of_member(account_id: int) -> str:
    return f"member/{account_id}"


def of_market(market_id: int) -> str:
    return f"market/{market_id}"


def of_event(event_id: int) -> str:
    return f"event/{event_id}"
