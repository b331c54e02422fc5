"""Owns a town for benchmarks of activity: many members who trade in many markets, made by a seed.

Never runs a host and keeps no log: what trading would have written is given to a social stream's machine,
and what that writes is folded into documents.
Called by the benchmark of activity.
"""

import random
from collections.abc import Iterator, Sequence
from typing import Final

from actors.machines.messages.book_events import OrderMatched
from actors.machines.messages.events import (
    Event,
    EventCreated,
    MarketCreated,
    MarketOpened,
    MemberRegistered,
)
from actors.machines.messages.following import Followed
from actors.machines.messages.parts import FULL_LADDER, Contract, EventDetails, MakerFill, MarketDetails
from actors.machines.messages.words import Role, Side
from actors.machines.stream import names
from actors.machines.stream.social import Social
from actors.machines.stream.state import Reading
from actors.machines.streams import Streams, make_id
from actors.machines.turn import Stream
from couch_views.classes import DocumentClass
from couch_views.client import Documents
from couch_views.projection.fold import Fold
from couch_views.projection.table import rules_about

STREAMS: Final = Streams(2, 2, 1)
SOCIAL: Final = "social-0"
FIRST_MEMBER: Final = 10_000
"""Members of the town are numbered from here on, beside those of the exchange that they are shown by."""
MARKETS_PER_EVENT: Final = 10
EVENTS_PER_RECORD: Final = 500
START_US: Final = 1_700_000_000_000_000
STEP_US: Final = 1_000
SEED: Final = 5


def account_of(place: int) -> int:
    """The account of the member at this place of the town."""
    return make_id(FIRST_MEMBER + place, "accounts-0")


class Town:
    """The machine of a social stream, and the documents of what it wrote."""

    def __init__(self, documents: Documents, members: int, markets: int) -> None:
        self.members = members
        self.markets = markets
        self.stream = Stream(SOCIAL, STREAMS)
        self._documents = documents
        self._random = random.Random(SEED)
        self._sequences = dict.fromkeys(STREAMS.names, 0)
        self._time = START_US
        self._orders = 0

    @property
    def social(self) -> Social:
        assert isinstance(self.stream.machines, Social)
        return self.stream.machines

    def settle_down(self) -> None:
        """Members register, and markets open."""
        for batch in batches(self._registrations()):
            self._happen("accounts-0", batch)
        for batch in batches(self._catalogue()):
            self._happen("markets-0", batch)

    def trade(self, entries: int) -> None:
        """Members trade with each other until there are so many entries."""
        while self.social.activity.next_entry <= entries:
            self._happen("markets-0", [self._match() for _ in range(EVENTS_PER_RECORD)])

    def follow(self, account_id: int, username: str, streams: Sequence[str]) -> None:
        """A member follows these activity streams."""
        self._write(SOCIAL, [Followed(account_id, username, stream, self._time) for stream in streams])

    def some_streams(self, members: int, markets: int) -> list[str]:
        """Activity streams of so many different members and markets."""
        chosen = self._random.sample(range(self.members), members)
        open_markets = self._random.sample(range(1, self.markets + 1), markets)
        return [names.of_member(account_of(place)) for place in chosen] + [
            names.of_market(market_id) for market_id in open_markets
        ]

    def _happen(self, stream: str, events: Sequence[Event]) -> None:
        """A record of trading, and what the social stream makes of it."""
        self._time += STEP_US * len(events)
        if stream == "accounts-0" or not isinstance(events[0], OrderMatched):
            self._write(stream, events)
        else:
            self._sequences[stream] += 1
        reading = Reading(stream, self._sequences[stream], b"", self._time, tuple(events))
        turn = self.stream.turn([], [], self._time, self._sequences[SOCIAL] + 1, [reading])
        assert not turn.problems, turn.problems[0]
        if turn.body is not None:
            self._write(SOCIAL, turn.body.events)

    def _write(self, stream: str, events: Sequence[Event]) -> None:
        self._sequences[stream] += 1
        fold = Fold(rules_about(*DocumentClass), {})
        fold.add(stream, self._sequences[stream], self._time, events)
        fold.run({})
        changed = [held.dump() for held in fold.documents.values()]
        self._documents.bulk([*changed, *fold.added])

    def _registrations(self) -> Iterator[Event]:
        for place in range(self.members):
            username = f"member-{place}"
            yield MemberRegistered(
                account_of(place), username, "", f"Member {place}", Role.MEMBER, username, self._time
            )

    def _catalogue(self) -> Iterator[Event]:
        for market_id in range(1, self.markets + 1):
            event_id = (market_id - 1) // MARKETS_PER_EVENT + 1
            if market_id % MARKETS_PER_EVENT == 1:
                name = f"Event {event_id}"
                details = EventDetails(event_id, name, f"event-{event_id}", "sport", START_US, "")
                yield EventCreated(details, 16, 1, 0, self._time)
            contracts = tuple(
                Contract(2 * market_id - 1 + at, name, name.lower()) for at, name in enumerate(("Yes", "No"))
            )
            market = MarketDetails(
                market_id, event_id, f"Market {market_id}", "m", "", 1, contracts, 1, 0, FULL_LADDER
            )
            yield MarketCreated(market, 16, 1, 0, self._time)
            yield MarketOpened(market_id)

    def _match(self) -> OrderMatched:
        """Who trades often does so again: members and markets are chosen by their rank."""
        maker, taker = self._ranked(self.members), self._ranked(self.members)
        market_id = self._ranked(self.markets) + 1
        price, quantity = self._random.randint(1, 9_999), self._random.randint(1, 100) * 10_000
        self._orders += 2
        fill = MakerFill(self._orders, self._orders, account_of(maker), price, quantity)
        return OrderMatched(
            market_id,
            2 * market_id - self._random.randint(0, 1),
            self._orders + 1,
            account_of(taker if taker != maker else (maker + 1) % self.members),
            self._random.choice((Side.BUY, Side.SELL)),
            price,
            quantity,
            (fill,),
            0,
            None,
            self._time,
        )

    def _ranked(self, count: int) -> int:
        return int(count * self._random.random() ** 3)


def batches(events: Iterator[Event]) -> Iterator[list[Event]]:
    """The events, so many at a time."""
    batch: list[Event] = []
    for event in events:
        batch.append(event)
        if len(batch) == EVENTS_PER_RECORD:
            yield batch
            batch = []
    if batch:
        yield batch
