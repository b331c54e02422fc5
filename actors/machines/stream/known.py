"""Owns what a social stream knows of members, events and markets, from the logs that it follows.

Never knows money or orders.
Called by the slices, which look things up here, and by the social machine.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from actors.machines.messages.events import EventChanged, EventCreated, MarketCreated, MemberRegistered
from actors.machines.messages.known_events import EventMet, MarketMet, MemberMet
from actors.machines.stream import names

if TYPE_CHECKING:
    from actors.machines.stream.state import Moment, SocialState


class KnownMarket(NamedTuple):
    """What of a market never changes and is needed here."""

    event_id: int
    contract_ids: tuple[int, ...]
    commission: int


class Known:
    """Members of this social stream, all events (their category is their type) and markets, by id."""

    def __init__(self) -> None:
        self.usernames: dict[int, str] = {}
        self.categories: dict[int, str] = {}
        self.markets: dict[int, KnownMarket] = {}


# Observed.


def member(state: "SocialState", event: MemberRegistered, _: "Moment") -> Iterator[MemberMet]:
    if state.is_here(names.of_member(event.account_id)):
        yield MemberMet(event.account_id, event.username)


def event(_: "SocialState", event: EventCreated | EventChanged, __: "Moment") -> Iterator[EventMet]:
    yield EventMet(event.event.event_id, event.event.type)


def market(_: "SocialState", event: MarketCreated, __: "Moment") -> Iterator[MarketMet]:
    details = event.market
    contract_ids = tuple(contract.contract_id for contract in details.contracts)
    yield MarketMet(details.market_id, details.event_id, contract_ids, details.commission)


# Evolved.


def meet_member(state: "SocialState", event: MemberMet) -> None:
    state.known.usernames[event.account_id] = event.username


def meet_event(state: "SocialState", event: EventMet) -> None:
    state.known.categories[event.event_id] = event.category


def meet_market(state: "SocialState", event: MarketMet) -> None:
    state.known.markets[event.market_id] = KnownMarket(event.event_id, event.contract_ids, event.commission)
