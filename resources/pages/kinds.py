"""Owns what the fields of the API hold, by their names: a price, money, a time, the id of something.

Never formats a value.
Called by the generic page, which shows any content.
"""

from collections.abc import Mapping
from typing import Final

_KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "price": ("price", "last_executed_price", "average_price", "open", "high", "low", "close"),
    "quantity": ("quantity", "volume", "available_quantity", "total_executed_quantity"),
    "money": (
        "amount",
        "available_balance",
        "balance",
        "exposure",
        "loser",
        "market_commission",
        "market_exposure",
        "market_result",
        "opponent_stake",
        "stake",
        "winner",
    ),
    "rate": ("commission",),
    "state": ("state", "state_or_outcome"),
    "time": ("timestamp", "expires"),
    "word": ("side", "taker_side", "role", "type", "cancel_reason", "outcome", "action", "scope"),
}
_BY_NAME: Final = {name: kind for kind, names in _KINDS.items() for name in names}
PLACES: Final[Mapping[str, str]] = {
    "comment_id": "/v3/comments/{}/",
    "event_id": "/v3/events/{}/",
    "market_id": "/v3/markets/{}/",
    "order_id": "/v3/orders/{}/",
    "username": "/v3/members/{}/",
    "challenger": "/v3/members/{}/",
    "opponent": "/v3/members/{}/",
    "acceptor": "/v3/members/{}/",
}
"""Fields that name something -> where it is."""


def kind_of(name: str, value: object) -> str:
    """One of ``price, quantity, money, rate, state, time, word, link``; nothing for others."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    if name in PLACES:
        return "link"
    if name.endswith("_datetime"):
        return "time"
    return _BY_NAME.get(name, "")
