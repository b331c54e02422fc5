"""Owns what the records of market streams say: states of markets, and naive books that match beside them.

Never shares a rule with the market machine: matching is the naive book's, states are a table of its own.
Called by the watch, event by event.
"""

from collections.abc import Iterator
from itertools import count
from typing import Final

from actors.machines.book.interface import Match, Matcher, Resting
from actors.machines.book.naive import NaiveBook
from actors.machines.messages import book_events, events
from actors.machines.messages.answers import Refused
from actors.machines.messages.auctions import AuctionStarted, AuctionUncrossed, SetUncrossed
from actors.machines.messages.challenges import (
    ChallengeAccepted,
    ChallengeEnded,
    ChallengeEvent,
    ChallengeOffered,
)
from actors.machines.messages.parts import MarketDetails, Verdict
from actors.machines.messages.voiding import ContractVoidAcknowledged, ContractVoided
from actors.machines.messages.words import ExchangeState, Reason, TimeInForce
from actors.machines.streams import Streams, account_stream_of_id
from tests.sim.accounts_known import AccountsKnown, OrderKnown
from tests.sim.amendments_known import AmendmentsKnown
from tests.sim.auctions_known import AuctionsKnown
from tests.sim.challenges_known import ChallengesKnown
from tests.sim.conditions_known import ConditionsKnown, passes_own
from tests.sim.letters_kept import Key
from tests.sim.naive_auction import NaiveAuction
from tests.sim.sets_known import (
    NaiveSet,
    check_sets,
    fills_of,
    fills_of_makers,
    last_prices_of,
    take_sets,
)
from tests.sim.violations import require

ALLOWED: Final = {
    AuctionStarted: ("draft", "open", "halted"),
    events.MarketOpened: ("draft", "auction", "halted"),
    events.MarketHalted: ("auction", "open", "halted"),
    events.MarketClosed: ("auction", "open", "halted"),
    events.MarketSettled: ("closed", "settled", "voided"),
}
BECOMES: Final = {
    AuctionStarted: "auction",
    events.MarketOpened: "open",
    events.MarketHalted: "halted",
    events.MarketClosed: "closed",
}


TRADING: Final = ("auction", "open")


class MarketKnown:
    """One market as the log tells it."""

    def __init__(self, details: MarketDetails) -> None:
        self.details = details
        self.state = "draft"
        self.verdict: Verdict | None = None
        self.books: dict[int, NaiveBook] = {
            contract.contract_id: NaiveBook() for contract in details.contracts
        }
        self.matchers: dict[int, Matcher] = {**self.books}
        if details.cross_matching:
            self.matchers = {each: NaiveSet(each, self.books) for each in self.books}
        self.collecting: AuctionStarted | None = None
        """The auction that it is in, halted or not; its books are auctions meanwhile."""
        self.came: dict[int, int] = {}
        """Orders that came to rest -> their turn; another one where they were replaced."""
        self.turns = count()
        self.last_prices: dict[int, int] = {}
        self.executions = 0
        self.completed = 0
        """The version of the verdict that all account streams have applied."""
        self.voided: dict[int, None] = {}
        """Contracts that were taken out of it."""


class MarketsKnown:
    """All markets of the exchange; orders are compared with what their members' accounts were told."""

    def __init__(self, streams: Streams, accounts: AccountsKnown) -> None:
        self.markets: dict[int, MarketKnown] = {}
        self.changed: dict[int, None] = {}
        """Markets of which something happened since somebody last looked."""
        self._streams = streams
        self._accounts = accounts
        self.challenges = ChallengesKnown(streams, accounts)
        self.auctions = AuctionsKnown()
        self.conditions = ConditionsKnown(accounts)
        self.amendments = AmendmentsKnown(accounts, self.conditions)
        self._switch: dict[str, events.ExchangeStateNoted] = {}
        """The kill switch as each stream was told of it."""

    def take(  # noqa: C901, PLR0912, PLR0915 - a table, a line a case
        self, stream: str, event: events.Event
    ) -> Iterator[tuple[str, Key]]:
        """Checks an event, and gives the reports that it owes to members."""
        if (market_id := getattr(event, "market_id", None)) in self.markets:
            self.changed[market_id] = None
        match event:
            case book_events.OrderMatched():
                yield from self._match(stream, event)
            case book_events.OrderRejected():
                self._reject(event)
            case book_events.OrderCancelled():
                self._cancel(event)
            case book_events.OrderDelayed():
                self._delay(event)
            case book_events.OrderReduced():
                yield self._reduce(event)
            case book_events.OrderReplaced():
                yield from self._replace(stream, event)
            case book_events.AmendMissed():
                market = self.markets[event.market_id]
                self.amendments.miss(event, self._resting(event), market.state)
            case book_events.AmendDelayed():
                self.amendments.delay(event)
            case ChallengeOffered() | ChallengeAccepted() | ChallengeEnded():
                yield from self._challenge(event)
            case events.MarketCreated():
                self.markets[event.market.market_id] = MarketKnown(event.market)
                self.conditions.create(event)
            case events.MarketTurnedInPlay():
                market = self.markets[event.market_id]
                require(market.state in (*TRADING, "halted"), "{} while {}", event, market.state)
                self.conditions.move(event, event.market_id, market.books.values())
            case AuctionStarted() | events.MarketOpened() | events.MarketHalted() | events.MarketClosed():
                self._move(event)
            case AuctionUncrossed():
                yield from self.auctions.uncross(event, self.markets[event.market_id])
            case SetUncrossed():
                yield from self.auctions.uncross_set(event, self.markets[event.market_id])
            case events.MarketSettled():
                self._settle(event)
            case events.SettlementCompleted():
                self._complete(event)
            case ContractVoided():
                self._void(event)
            case ContractVoidAcknowledged():
                known = self._accounts.voided[event.stream, event.market_id]
                require(event.contract_id in known, "{}, but the stream has not given it back", event)
            case events.ExchangeStateNoted():
                self._switch[stream] = event
            case events.OrdersSwept():
                self._sweep(stream, event)
            case events.InstructionAnswered():
                internal = isinstance(event.result, Refused) and event.result.reason is Reason.INTERNAL
                require(not internal, "{}: an instruction could not be decided", event)
            case _:
                pass

    def check_halted(self, stream: str) -> None:
        """While the exchange is halted, no market of a stream that knows it is open after a record."""
        noted = self._switch.get(stream)
        if noted is not None and noted.state is ExchangeState.HALTED:
            left = [market_id for market_id, market in self._of_stream(stream) if market.state in TRADING]
            require(not left, "{}: the exchange is halted, and {} trade", stream, left)

    def check_due(self, stream: str, time: int, count: int) -> None:
        """After a record of so many events: whatever had to end by its time has ended."""
        self.challenges.check_due(stream, time)
        books = {market_id: market.books.values() for market_id, market in self._of_stream(stream)}
        self.conditions.check_due(books, books, count)
        self.amendments.check_due(books, count)
        self.auctions.check_due(dict(self._of_stream(stream)), time)

    def _of_stream(self, stream: str) -> Iterator[tuple[int, MarketKnown]]:
        return (pair for pair in self.markets.items() if self._streams.of_market(pair[0]) == stream)

    def _sweep(self, stream: str, event: events.OrdersSwept) -> None:
        noted = self._switch.get(stream)
        if event.done and noted is not None and noted.version == event.version:
            for market_id, market in self._of_stream(stream):
                resting = sum(map(len, market.books.values()))
                require(resting == 0, "{}: {} orders rest in {} still", event, resting, market_id)
                require(not self.challenges.open.get(market_id), "{}: challenges are open still", event)

    def _match(self, stream: str, event: book_events.OrderMatched) -> Iterator[tuple[str, Key]]:
        order = self._accounts.orders[event.order_id]
        told = (event.market_id, event.contract_id, event.account_id, event.side, event.price, event.quantity)
        price, quantity = self.amendments.terms_of(event.order_id)
        placed = (order.market_id, order.contract_id, order.account_id, order.side, price, quantity)
        require(told == placed, "{} is not the order that was placed: {}", event, placed)
        self.conditions.arrive(event)
        yield from self._trade(stream, event, order)

    def _reduce(self, event: book_events.OrderReduced) -> tuple[str, Key]:
        book = self.markets[event.market_id].books[event.contract_id]
        resting = self._resting(event)
        self.amendments.reduce(event, resting)
        if resting is not None and event.left:
            book.reduce(event.order_id, event.reduced)
        elif resting is not None:
            book.remove(event.order_id)
        return account_stream_of_id(event.order_id), ("report", event.order_id, (), event.left)

    def _replace(self, stream: str, event: book_events.OrderReplaced) -> Iterator[tuple[str, Key]]:
        order = self.amendments.replace(event, self._resting(event))
        self.markets[event.market_id].books[event.contract_id].remove(event.order_id)
        yield from self._trade(stream, event.arrival, order)

    def _resting(
        self, event: book_events.OrderReduced | book_events.OrderReplaced | book_events.AmendMissed
    ) -> Resting | None:
        books = self.markets[event.market_id].books.values()
        return next((order for book in books if (order := book.get(event.order_id)) is not None), None)

    def _trade(
        self, stream: str, event: book_events.OrderMatched, order: OrderKnown
    ) -> Iterator[tuple[str, Key]]:
        """What an arriving order does, whatever it was before."""
        market = self.markets[event.market_id]
        noted = self._switch.get(stream)
        halted = noted is not None and noted.state is ExchangeState.HALTED
        require(not halted, "{}: matched while the exchange is halted", event)
        require(market.state in TRADING, "{}: matched in a market that is {}", event, market.state)
        require(event.contract_id not in market.voided, "{}: matched in a voided contract", event)
        book = market.books[event.contract_id]
        right = market.matchers[event.contract_id].match(
            event.account_id,
            event.side,
            event.price,
            event.quantity,
            market.executions + 1,
            past_own=passes_own(order),
        )
        killed = right.left > 0 and order.time_in_force is TimeInForce.FILL_OR_KILL
        if killed:
            right = Match((), event.quantity, crossed_self=False)
        require(event.fills == right.fills, "{} had to trade {}", event, right.fills)
        require(event.sets == right.sets, "{} had to trade {}", event, right.sets)
        require(event.left == right.left, "{} had to leave {}", event, right.left)
        reason = None
        if right.crossed_self:
            reason = Reason.SELF_TRADE
        elif killed or (right.left and order.time_in_force is TimeInForce.IMMEDIATE_OR_CANCEL):
            reason = Reason.INSUFFICIENT_LIQUIDITY
        require(event.reason is reason, "{} had to end with {}", event, reason)
        cancelled = [(each.order_id, each.price, each.quantity) for each in event.cancelled]
        met = [(each.order_id, each.price, each.quantity) for each in right.own]
        require(cancelled == met, "{} had to cancel {}", event, met)
        for each in event.cancelled:
            market.books[each.contract_id].remove(each.order_id)
            yield account_stream_of_id(each.order_id), ("report", each.order_id, (), 0)
        book.take(right.fills)
        market.executions += len(right.fills) + take_sets(market.books, event)
        rests = right.left if reason is None else 0
        if rests:
            is_market = isinstance(book, NaiveAuction) and order.time_in_force is TimeInForce.MARKET
            rest = book.rest_market if isinstance(book, NaiveAuction) and is_market else book.rest
            rest(event.order_id, event.account_id, event.side, event.price, rests)
            market.came[event.order_id] = next(market.turns)
        market.last_prices |= last_prices_of(event)
        if market.details.cross_matching and market.collecting is None:
            check_sets(market.books, event)
        yield account_stream_of_id(event.order_id), ("report", event.order_id, fills_of(event), rests)
        for contract_id, order_id, fills in fills_of_makers(event):
            maker = market.books[contract_id].get(order_id)
            left = 0 if maker is None else maker.quantity
            yield account_stream_of_id(order_id), ("report", order_id, fills, left)

    def _reject(self, event: book_events.OrderRejected) -> None:
        market = self.markets[event.market_id]
        if market.state == "open" and self._accounts.orders[event.order_id].challenge_id:
            self.challenges.check_rejected(event, market.voided)
        elif not self._accounts.orders[event.order_id].challenge_id:
            self.conditions.reject(event, market.state, market.matchers, market.voided)

    def _delay(self, event: book_events.OrderDelayed) -> None:
        market = self.markets[event.market_id]
        require(market.state in TRADING, "{}: in a market that is {}", event, market.state)
        self.conditions.delay(event)

    def _challenge(self, event: ChallengeEvent) -> Iterator[tuple[str, Key]]:
        market = self.markets[event.market_id]
        if not isinstance(event, ChallengeEnded):
            require(market.state == "open", "{}: in a market that is {}", event, market.state)
        yield from self.challenges.take(event)

    def _cancel(self, event: book_events.OrderCancelled) -> None:
        if event.delayed:
            self.conditions.withdraw(event)
            return
        self.conditions.cancel(event)
        self.auctions.cancel(event, self.markets[event.market_id])
        removed = self.markets[event.market_id].books[event.contract_id].remove(event.order_id)
        told = (event.account_id, event.side, event.price, event.quantity)
        rested = (removed.account_id, removed.side, removed.price, removed.quantity)
        require(told == rested, "{}, but {} rested", event, rested)

    def _move(
        self, event: AuctionStarted | events.MarketOpened | events.MarketHalted | events.MarketClosed
    ) -> None:
        market = self.markets[event.market_id]
        require(market.state in ALLOWED[type(event)], "{} in a market that is {}", event, market.state)
        self.auctions.move(event, market, self.conditions.time)
        market.state = BECOMES[type(event)]
        self.conditions.move(event, event.market_id, market.books.values())
        if market.state in ("halted", "closed"):
            self.amendments.check_stopped(event.market_id)
        if market.state == "closed":
            resting = sum(map(len, market.books.values()))
            require(resting == 0, "{}: {} orders still rest", event, resting)
            left = self.challenges.open.get(event.market_id)
            require(not left, "{}: {} are still open", event, left)

    def _void(self, event: ContractVoided) -> None:
        """It trades no more, nothing of it is open, and enough are left for the winners."""
        market = self.markets[event.market_id]
        require(market.state in ("open", "halted", "closed"), "{} in {}", event, market.state)
        require(event.contract_id not in market.voided, "{}: a second time", event)
        require(not len(market.books[event.contract_id]), "{}: orders rest there still", event)
        opened = self.challenges.open.get(event.market_id, {}).values()
        left = [each for each in opened if each.contract_id == event.contract_id]
        require(not left, "{}: {} are open still", event, left)
        market.voided[event.contract_id] = None
        self.conditions.change(event.market_id)
        left_in = len(market.books) - len(market.voided)
        require(left_in > market.details.winner_count, "{}: {} are left", event, left_in)

    def _settle(self, event: events.MarketSettled) -> None:
        market, verdict = self.markets[event.market_id], event.verdict
        require(market.state in ALLOWED[type(event)], "{} in a market that is {}", event, market.state)
        before = 0 if market.verdict is None else market.verdict.version
        require(before == market.completed, "{} before the verdict {} was applied everywhere", event, before)
        require(verdict.version == before + 1, "{} after the verdict {}", event, before)
        shares = [each.share for each in verdict.dead_heat]
        named = [*verdict.winners, *(each.contract_id for each in verdict.dead_heat)]
        left = [each for each in market.books if each not in market.voided]
        require(all(winner in left for winner in named), "{}: a stranger wins", event)
        require(verdict.voided == tuple(market.voided), "{}: voided are {}", event, [*market.voided])
        require(len({*named}) == len(named), "{}: somebody wins twice", event)
        paid = 10_000 * len(verdict.winners) + sum(shares)
        whole = paid == 10_000 * market.details.winner_count or (len(market.books) == 1 and not named)
        require(not named if verdict.void else whole, "{}: it pays {}", event, paid)
        fair = not shares or (min(shares) > 0 and max(shares) < 10_000 and max(shares) - min(shares) <= 1)
        require(fair, "{}: the shares are not equal", event)
        market.verdict = verdict
        market.state = "voided" if verdict.void else "settled"

    def _complete(self, event: events.SettlementCompleted) -> None:
        market = self.markets[event.market_id]
        version = 0 if market.verdict is None else market.verdict.version
        require(event.version == version, "{}, but the verdict is {}", event, version)
        applied = self._accounts.applied(event.market_id, event.version)
        require(applied, "{}, but not every account stream has applied it", event)
        cleared = self._accounts.cleared(event.market_id)
        require(cleared == 0, "{}: {} is left over", event, cleared)
        market.completed = event.version
