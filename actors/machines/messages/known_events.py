"""Owns the events by which a social stream keeps what it needs to know of members, events and markets.

Never holds what changes often, or money.
Called by the social machine.
"""

from actors.machines.messages.base import Commission, Identity, Message, Username


class MemberMet(Message):
    """A member whose activity this social stream owns."""

    account_id: Identity
    username: Username


class EventMet(Message):
    """An event, or its new category (its type)."""

    event_id: Identity
    category: str


class MarketMet(Message):
    market_id: Identity
    event_id: Identity
    contract_ids: tuple[Identity, ...]
    commission: Commission


KnownEvent = MemberMet | EventMet | MarketMet
