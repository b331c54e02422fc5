"""Owns the catalogue: events, their life, the ids of events, markets and contracts.

Never holds a book: a market lives in the stream that its id chooses.
Called by the markets machine of the stream ``markets-0``.
"""

import re
from collections.abc import Mapping
from typing import Final

from msgspec import structs

from actors.machines.messages.answers import EventResult, Refused
from actors.machines.messages.commands import ChangeEvent, CreateEvent, CreateMarket
from actors.machines.messages.events import (
    EventChanged,
    EventCreated,
    InstructionAnswered,
    MarketEvent,
    MarketRegistered,
    MarketStateNoted,
)
from actors.machines.messages.parts import Contract, EventDetails, MarketDetails
from actors.machines.messages.posted import Instruct, MarketStateReported
from actors.machines.messages.words import EventState, MarketState, Reason

TRANSITIONS: Final[Mapping[EventState | None, frozenset[EventState]]] = {
    None: frozenset({EventState.UPCOMING}),
    EventState.UPCOMING: frozenset(
        {EventState.LIVE, EventState.ENDED, EventState.CANCELLED, EventState.SETTLED}
    ),
    EventState.LIVE: frozenset({EventState.ENDED, EventState.CANCELLED, EventState.SETTLED}),
    EventState.ENDED: frozenset({EventState.CANCELLED, EventState.SETTLED}),
    EventState.SETTLED: frozenset(),
    EventState.CANCELLED: frozenset(),
}
"""``settled`` comes by itself, when every market of the event is settled or voided; the rest by staff."""

OVER: Final = frozenset({EventState.SETTLED, EventState.CANCELLED})
DECIDED: Final = frozenset({MarketState.SETTLED, MarketState.VOIDED})


class CataloguedEvent:
    """An event with the state of each of its markets."""

    __slots__ = ("created_time", "details", "markets", "state")

    def __init__(self, event: EventCreated) -> None:
        self.details = event.event
        self.created_time = event.time
        self.state = EventState.UPCOMING
        self.markets: dict[int, MarketState] = {}

    def result(self) -> EventResult:
        """The event as an answer shows it."""
        return EventResult(self.details, self.state, self.created_time)


class Catalogue:
    """All events of the exchange, and the next free ids."""

    def __init__(self) -> None:
        self.events: dict[int, CataloguedEvent] = {}
        self.next_event = 1
        self.next_market = 1
        self.next_contract = 1

    # Decide: change nothing.

    def decide_event(self, instruct: Instruct, command: CreateEvent, time: int) -> EventCreated:
        details = EventDetails(
            self.next_event,
            command.name,
            slug_of(command.name),
            command.type,
            command.start_time,
            command.description,
        )
        return EventCreated(details, instruct.account_id, instruct.request_id, instruct.item, time)

    def decide_change(self, instruct: Instruct, command: ChangeEvent) -> list[MarketEvent] | Refused:
        event = self.events.get(command.event_id)
        if event is None:
            return Refused(Reason.EVENT_NOT_FOUND, "There is no such event.", "event_id")
        state = event.state if command.state is None else command.state
        staffs = TRANSITIONS[event.state] - {EventState.SETTLED}
        if state is not event.state and state not in staffs:
            names = ", ".join(sorted(staffs)) or "none"
            return Refused(Reason.EVENT_STATE, f"The event is {event.state}; allowed next: {names}.", "state")
        given = {
            "name": command.name,
            "slug": None if command.name is None else slug_of(command.name),
            "type": command.type,
            "start_time": command.start_time,
            "description": command.description,
        }
        changes = {field: value for field, value in given.items() if value is not None}
        details = structs.replace(event.details, **changes)
        result = EventResult(details, state, event.created_time)
        return [
            EventChanged(details, state),
            InstructionAnswered(instruct.account_id, instruct.request_id, instruct.item, result),
        ]

    def decide_market(self, instruct: Instruct, command: CreateMarket) -> MarketRegistered | Refused:
        event = self.events.get(command.event_id)
        if event is None:
            return Refused(Reason.EVENT_NOT_FOUND, "There is no such event.", "event_id")
        if event.state in OVER:
            return Refused(Reason.EVENT_STATE, f"The event is {event.state}.", "event_id")
        contracts = tuple(
            Contract(self.next_contract + at, name, slug_of(name))
            for at, name in enumerate(command.contract_names)
        )
        details = MarketDetails(
            self.next_market,
            command.event_id,
            command.name,
            slug_of(command.name),
            command.rules,
            len(event.markets),
            contracts,
            command.winner_count,
            command.commission,
            command.ladder,
            command.in_play_delay_ms,
            command.cross_matching,
            command.opening_auction_s,
            command.closing_auction_s,
            command.quantity_max,
        )
        return MarketRegistered(details, instruct.account_id, instruct.request_id, instruct.item)

    def decide_report(self, message: MarketStateReported) -> list[MarketEvent]:
        """Notes a market's state, and settles its event once all of its markets are decided."""
        noted = MarketStateNoted(message.market_id, message.event_id, message.state)
        event = self.events[message.event_id]
        states = {**event.markets, message.market_id: message.state}
        if event.state not in OVER and all(state in DECIDED for state in states.values()):
            return [noted, EventChanged(event.details, EventState.SETTLED)]
        return [noted]

    # Evolve: total.

    def created(self, event: EventCreated) -> None:
        self.events[event.event.event_id] = CataloguedEvent(event)
        self.next_event += 1

    def changed(self, event: EventChanged) -> None:
        """Takes a declared transition; anything else is an ``AssertionError``."""
        known = self.events[event.event.event_id]
        assert event.state is known.state or event.state in TRANSITIONS[known.state], (
            f"event {event.event.event_id}: {known.state} -> {event.state}"
        )
        known.details = event.event
        known.state = event.state

    def registered(self, event: MarketRegistered) -> None:
        self.events[event.market.event_id].markets[event.market.market_id] = MarketState.DRAFT
        self.next_market += 1
        self.next_contract += len(event.market.contracts)

    def noted(self, event: MarketStateNoted) -> None:
        self.events[event.event_id].markets[event.market_id] = event.state


def slug_of(name: str) -> str:
    """The name as it stands in addresses: lower case words joined by hyphens."""
    return "-".join(re.findall(r"\w+", name.lower())) or "untitled"
