"""Owns the tests of the catalogue: an event's life against its table, ids, slugs, settling by itself.

Never tests a market's own life.
Called by pytest.
"""

import pytest

from actors.machines.market_stream.catalogue import TRANSITIONS, Catalogue, slug_of
from actors.machines.messages.answers import EventResult, Refused
from actors.machines.messages.commands import ChangeEvent, CreateEvent, CreateMarket
from actors.machines.messages.events import (
    EventChanged,
    EventCreated,
    InstructionAnswered,
    MarketRegistered,
    MarketStateNoted,
)
from actors.machines.messages.parts import EventDetails
from actors.machines.messages.posted import Instruct, MarketStateReported
from actors.machines.messages.words import EventState, MarketState, Reason

CREATE = CreateEvent("The Final!", "sport", 5, "Long awaited.")
INSTRUCT = Instruct(16, 1, 0, CREATE)
OVER = [EventState.SETTLED, EventState.CANCELLED]


def catalogue(state: EventState = EventState.UPCOMING, markets: int = 0) -> Catalogue:
    made = Catalogue()
    made.created(made.decide_event(INSTRUCT, CREATE, 1000))
    for _ in range(markets):
        registered = made.decide_market(INSTRUCT, CreateMarket(1, "Who?", ("A", "B")))
        assert isinstance(registered, MarketRegistered)
        made.registered(registered)
    made.events[1].state = state
    return made


def test_an_event_is_created_upcoming() -> None:
    made = catalogue()
    details = EventDetails(1, "The Final!", "the-final", "sport", 5, "Long awaited.")
    assert made.events[1].result() == EventResult(details, EventState.UPCOMING, 1000)
    assert EventState.UPCOMING in TRANSITIONS[None]
    assert made.decide_event(INSTRUCT, CREATE, 0).event.event_id == 2


@pytest.mark.parametrize("start", EventState)
@pytest.mark.parametrize("end", EventState)
def test_every_pair_of_states_is_allowed_by_the_table_or_changes_nothing(
    start: EventState, end: EventState
) -> None:
    made = catalogue(start)
    changed = EventChanged(made.events[1].details, end)
    if start is end or end in TRANSITIONS[start]:
        made.changed(changed)
        assert made.events[1].state is end
    else:
        with pytest.raises(AssertionError, match=f"{start} -> {end}"):
            made.changed(changed)
        assert made.events[1].state is start


@pytest.mark.parametrize(
    "way",
    [
        [EventState.LIVE, EventState.ENDED, EventState.SETTLED],
        [EventState.LIVE, EventState.ENDED, EventState.CANCELLED],
        [EventState.LIVE, EventState.SETTLED],
        [EventState.LIVE, EventState.CANCELLED],
        [EventState.ENDED, EventState.SETTLED],
        [EventState.CANCELLED],
        [EventState.SETTLED],
    ],
)
def test_an_event_goes_every_way_that_the_table_knows(way: list[EventState]) -> None:
    made = catalogue()
    for state in way:
        made.changed(EventChanged(made.events[1].details, state))
        assert made.events[1].state is state


@pytest.mark.parametrize("start", EventState)
@pytest.mark.parametrize("end", EventState)
def test_staff_takes_any_step_but_settling(start: EventState, end: EventState) -> None:
    decided = catalogue(start).decide_change(INSTRUCT, ChangeEvent(1, state=end))
    if start is end or (end in TRANSITIONS[start] and end is not EventState.SETTLED):
        assert not isinstance(decided, Refused)
        changed, answered = decided
        assert isinstance(changed, EventChanged)
        assert changed.state is end
        assert isinstance(answered, InstructionAnswered)
        assert answered.result == EventResult(changed.event, end, 1000)
    else:
        assert isinstance(decided, Refused)
        assert (decided.reason, decided.field) == (Reason.EVENT_STATE, "state")


def test_a_change_touches_only_what_it_names() -> None:
    decided = catalogue().decide_change(INSTRUCT, ChangeEvent(1, name="Final, replayed", start_time=9))
    assert not isinstance(decided, Refused)
    changed = decided[0]
    assert isinstance(changed, EventChanged)
    assert changed.event == EventDetails(1, "Final, replayed", "final-replayed", "sport", 9, "Long awaited.")


def test_what_does_not_exist_cannot_be_changed() -> None:
    refused = catalogue().decide_change(INSTRUCT, ChangeEvent(2, name="x"))
    assert refused == Refused(Reason.EVENT_NOT_FOUND, "There is no such event.", "event_id")


def test_markets_get_ids_contracts_and_a_place_in_their_event() -> None:
    made = catalogue(markets=1)
    registered = made.decide_market(INSTRUCT, CreateMarket(1, "By how much?", ("1", "2", "More")))
    assert isinstance(registered, MarketRegistered)
    market = registered.market
    assert (market.market_id, market.display_order, market.slug) == (2, 1, "by-how-much")
    assert [(contract.contract_id, contract.slug) for contract in market.contracts] == [
        (3, "1"),
        (4, "2"),
        (5, "more"),
    ]


@pytest.mark.parametrize(
    ("event_id", "state", "reason"),
    [
        (2, EventState.UPCOMING, Reason.EVENT_NOT_FOUND),
        (1, EventState.SETTLED, Reason.EVENT_STATE),
        (1, EventState.CANCELLED, Reason.EVENT_STATE),
    ],
)
def test_a_market_needs_an_event_that_is_not_over(event_id: int, state: EventState, reason: Reason) -> None:
    refused = catalogue(state).decide_market(INSTRUCT, CreateMarket(event_id, "Who?", ("A",)))
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.field) == (reason, "event_id")


def report(made: Catalogue, market_id: int, state: MarketState) -> list[EventState]:
    """The states that the event takes when a market reports."""
    taken = []
    for event in made.decide_report(MarketStateReported(market_id, 1, state)):
        if isinstance(event, MarketStateNoted):
            made.noted(event)
        elif isinstance(event, EventChanged):
            made.changed(event)
            taken.append(event.state)
    return taken


def test_an_event_is_settled_when_its_last_market_is() -> None:
    made = catalogue(markets=2)
    assert report(made, 1, MarketState.OPEN) == []
    assert report(made, 1, MarketState.SETTLED) == []
    assert report(made, 2, MarketState.CLOSED) == []
    assert report(made, 2, MarketState.VOIDED) == [EventState.SETTLED]
    assert report(made, 2, MarketState.SETTLED) == []


@pytest.mark.parametrize("state", OVER)
def test_an_event_that_is_over_stays_so(state: EventState) -> None:
    assert report(catalogue(state, markets=1), 1, MarketState.SETTLED) == []


@pytest.mark.parametrize(
    ("name", "slug"),
    [("Who wins?", "who-wins"), ("  A & B ", "a-b"), ("Café 1", "café-1"), ("???", "untitled")],
)
def test_slugs_are_lower_case_words(name: str, slug: str) -> None:
    assert slug_of(name) == slug


def test_only_created_events_are_known() -> None:
    assert isinstance(catalogue().decide_event(INSTRUCT, CREATE, 0), EventCreated)
    assert list(catalogue().events) == [1]
