"""Owns the news of the exchange as entries: who joined, and what becomes of markets.

Never tells who trades.
Called through the social machine's table.
"""

from collections.abc import Iterator
from typing import Final

from actors.machines.messages.activity import Content, EntryAdded, JoinedContent, NewsContent
from actors.machines.messages.auctions import AuctionStarted
from actors.machines.messages.events import (
    EventChanged,
    EventCreated,
    MarketClosed,
    MarketCreated,
    MarketHalted,
    MarketOpened,
    MarketSettled,
    MarketTurnedInPlay,
    MemberRegistered,
)
from actors.machines.messages.known_events import EventMet, MarketMet, MemberMet
from actors.machines.messages.voiding import ContractVoided
from actors.machines.stream import known, names
from actors.machines.stream.slice import Slice
from actors.machines.stream.state import Moment, SocialState


def joined(state: SocialState, event: MemberMet, at: Moment) -> Iterator[EntryAdded]:
    yield state.activity.entry(
        JoinedContent(),
        at.time,
        names.of_member(event.account_id),
        account_id=event.account_id,
        username=event.username,
    )


def created(state: SocialState, event: MarketMet, at: Moment) -> Iterator[EntryAdded]:
    yield from _news(state, event.market_id, NewsContent("created"), at)


def opened(state: SocialState, event: MarketOpened, at: Moment) -> Iterator[EntryAdded]:
    yield from _news(state, event.market_id, NewsContent("opened"), at)


def collecting(state: SocialState, event: AuctionStarted, at: Moment) -> Iterator[EntryAdded]:
    yield from _news(state, event.market_id, NewsContent("auction"), at)


def halted(state: SocialState, event: MarketHalted, at: Moment) -> Iterator[EntryAdded]:
    yield from _news(state, event.market_id, NewsContent("halted", event.reason), at)


def in_play(state: SocialState, event: MarketTurnedInPlay, at: Moment) -> Iterator[EntryAdded]:
    yield from _news(state, event.market_id, NewsContent("in_play"), at)


def closed(state: SocialState, event: MarketClosed, at: Moment) -> Iterator[EntryAdded]:
    yield from _news(state, event.market_id, NewsContent("closed"), at)


def settled(state: SocialState, event: MarketSettled, at: Moment) -> Iterator[EntryAdded]:
    verdict = event.verdict
    step = "voided" if verdict.void else "settled" if verdict.version == 1 else "corrected"
    yield from _news(state, event.market_id, NewsContent(step, event.reason, tuple(verdict.payouts)), at)


def voided(state: SocialState, event: ContractVoided, at: Moment) -> Iterator[EntryAdded]:
    content = NewsContent("contract_voided", event.reason, contract_id=event.contract_id)
    yield from _news(state, event.market_id, content, at)


def _news(state: SocialState, market_id: int, content: Content, at: Moment) -> Iterator[EntryAdded]:
    """Made by who owns the market's stream; the event's and the exchange's may be elsewhere."""
    market = names.of_market(market_id)
    if state.is_here(market):
        event_id = state.known.markets[market_id].event_id
        places = (market, names.of_event(event_id), names.EXCHANGE)
        yield state.activity.entry(content, at.time, *places, market_id=market_id, event_id=event_id)


SLICE: Final = Slice(
    observes={
        MemberRegistered: known.member,
        EventCreated: known.event,
        EventChanged: known.event,
        MarketCreated: known.market,
        MemberMet: joined,
        MarketMet: created,
        AuctionStarted: collecting,
        MarketOpened: opened,
        MarketHalted: halted,
        MarketTurnedInPlay: in_play,
        MarketClosed: closed,
        MarketSettled: settled,
        ContractVoided: voided,
    },
    evolves={
        MemberMet: known.meet_member,
        EventMet: known.meet_event,
        MarketMet: known.meet_market,
    },
)
