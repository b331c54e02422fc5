"""Owns the leaderboards' figures as anybody would work them out who has the logs of the markets and time.

Never shares a line with the machines that it judges: trades one by one, fractions, the calendar's own dates.
Called by the tests of scores.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import NamedTuple

from actors.machines.messages.book_events import OrderMatched, OrderReplaced
from actors.machines.messages.challenges import ChallengeAccepted
from actors.machines.messages.events import (
    Event,
    EventChanged,
    EventCreated,
    MarketCreated,
    MarketSettled,
)
from actors.machines.messages.words import Side

MONEY = 10_000
"""A trade at a price in 1/10000 of a quantity in 1/10000 moves 1/10^8 of a currency unit for each."""


class Trade(NamedTuple):
    account_id: int
    contract_id: int
    bought: bool
    price: int
    quantity: int

    def profit(self, *, pays: int) -> int:
        """``pays``: what a unit of its contract pays, in 1/10000."""
        paid_out = pays * self.quantity
        gain = paid_out - self.price * self.quantity
        return gain if self.bought else -gain

    def stake(self) -> int:
        return (self.price if self.bought else MONEY - self.price) * self.quantity

    def miss(self, *, pays: int) -> Fraction:
        low, high = (self.price, MONEY) if self.bought else (0, self.price)
        return (Fraction(low + high, 2 * MONEY) - Fraction(pays, MONEY)) ** 2 * self.quantity


class Figures(NamedTuple):
    """``brier``: the mean miss, weighted by quantity."""

    markets: int
    profit: int
    stake: int
    volume: int
    brier: Fraction
    current: int
    longest: int


Cell = tuple[int, str, str]
"""A member's account, a scope, a period."""


class _Market:
    def __init__(self, event_id: int, commission: int) -> None:
        self.event_id = event_id
        self.commission = commission
        self.trades: list[Trade] = []
        self.first: tuple[int, str] | None = None
        """When it was settled first, and the category that its event had then."""
        self.payouts: dict[int, int] | None = None


def by_hand(records: Iterable[tuple[int, Sequence[Event]]]) -> dict[Cell, Figures]:
    """All cells of all members, of the records of all market streams, each with its time."""
    markets: dict[int, _Market] = {}
    categories: dict[int, str] = {}
    linked: set[frozenset[int]] = set()
    for time, events in sorted(records, key=lambda record: record[0]):
        for event in events:
            match event:
                case EventCreated() | EventChanged():
                    categories[event.event.event_id] = event.event.type
                case MarketCreated():
                    details = event.market
                    markets[details.market_id] = _Market(details.event_id, details.commission)
                case ChallengeAccepted():
                    linked.add(frozenset({event.account_id, event.acceptor_id}))
                case OrderMatched():
                    markets[event.market_id].trades += _trades(event, linked)
                case OrderReplaced():
                    markets[event.market_id].trades += _trades(event.arrival, linked)
                case MarketSettled():
                    market = markets[event.market_id]
                    market.first = market.first or (time, categories[market.event_id])
                    verdict = event.verdict
                    shares = [(each.contract_id, each.share) for each in verdict.dead_heat]
                    paid = dict([*((winner, MONEY) for winner in verdict.winners), *shares])
                    market.trades = [each for each in market.trades if each.contract_id not in verdict.voided]
                    market.payouts = None if verdict.void else paid
                case _:
                    pass
    return _added_up(markets)


def _trades(event: OrderMatched, linked: set[frozenset[int]]) -> list[Trade]:
    found = []
    for fill in event.fills:
        if frozenset({event.account_id, fill.account_id}) not in linked:
            taker_bought = event.side is Side.BUY
            for account_id, bought in ((event.account_id, taker_bought), (fill.account_id, not taker_bought)):
                found.append(Trade(account_id, event.contract_id, bought, fill.price, fill.quantity))
    for one in event.sets:
        sides = [(event.account_id, event.contract_id, one.price)]
        sides += [(leg.account_id, leg.contract_id, leg.price) for leg in one.legs]
        for account_id, contract_id, price in sides:
            if not any(frozenset({account_id, other}) in linked for other, _, _ in sides):
                trade = Trade(account_id, contract_id, event.side is Side.BUY, price, one.quantity)
                found.append(trade)
    return found


def _added_up(markets: dict[int, _Market]) -> dict[Cell, Figures]:
    settled = [(number, market) for number, market in markets.items() if market.first is not None]
    settled.sort(key=lambda each: each[1].first or (0, ""))
    results: dict[Cell, list[tuple[int, list[tuple[Trade, int]]]]] = defaultdict(list)
    for number, market in settled:
        if market.payouts is None or market.first is None:
            continue
        for account_id in {trade.account_id for trade in market.trades}:
            mine = [trade for trade in market.trades if trade.account_id == account_id]
            own = [(trade, market.payouts.get(trade.contract_id, 0)) for trade in mine]
            profit = sum(trade.profit(pays=pays) for trade, pays in own)
            if profit > 0:
                profit -= profit * market.commission // MONEY
            for scope, period in _cells(number, market.event_id, *market.first):
                results[account_id, scope, period].append((profit, own))
    return {cell: _figures(found) for cell, found in results.items()}


def _cells(market_id: int, event_id: int, time: int, category: str) -> list[tuple[str, str]]:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=time)
    year, week, _ = moment.isocalendar()
    season = f"{moment.year}-Q{1 + (moment.month - 1) // 3}"
    periods = ["all", season, f"{moment:%Y-%m}", f"{year}-W{week:02d}"]
    whole = [(scope, period) for scope in ("exchange", f"category:{category}") for period in periods]
    return [*whole, (f"event:{event_id}", "all"), (f"market:{market_id}", "all")]


def _figures(results: list[tuple[int, list[tuple[Trade, int]]]]) -> Figures:
    trades = [trade for _, own in results for trade in own]
    volume = sum(trade.quantity for trade, _ in trades)
    won = "".join("+" if profit > 0 else "-" if profit < 0 else "" for profit, _ in results)
    runs = [len(run) for run in won.split("-")]
    return Figures(
        len(results),
        sum(profit for profit, _ in results),
        sum(trade.stake() for trade, _ in trades),
        volume,
        sum((trade.miss(pays=pays) for trade, pays in trades), Fraction(0)) / volume,
        runs[-1],
        max(runs),
    )
