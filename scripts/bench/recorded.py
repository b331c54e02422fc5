"""Owns the recorded history that the benchmark of documents folds: seeded orders, decided by the real hosts.

Never measures.
Called by the benchmark of documents.
"""

import itertools
import random
from collections.abc import Iterator
from typing import Final

from actors.machines.messages.answers import AccountResult, Answer, EventResult, MarketResult, Reply
from actors.machines.messages.commands import (
    ChangeMarketState,
    Command,
    CreateEvent,
    CreateMarket,
    Deposit,
    PlaceOrder,
    RegisterMember,
    Request,
)
from actors.machines.messages.parts import Contract
from actors.machines.messages.words import MarketState, Side
from actors.processes.local import LocalExchange
from rabbit.memory import MemoryLog

SEED: Final = 20_120_621
MEMBERS: Final = 16
MARKETS: Final = 4
MONEY: Final = 10**15
START_TIME: Final = 4_102_444_800_000_000
PRICE_MIDDLE: Final = 5_000
PRICE_SPREAD: Final = 40
QUANTITY_UNITS_MAX: Final = 10
QUANTITY_UNIT: Final = 10_000


def recorded(orders: int, each: int) -> MemoryLog:
    """The log of so many orders, ``each`` of them in a request; about half trade on arrival."""
    venue = _Venue()
    chance = random.Random(SEED)
    for _ in range(orders // each):
        venue.send(chance.choice(venue.members), *itertools.islice(venue.orders(chance), each))
    return venue.exchange.log


class _Venue:
    """An exchange in one thread with open markets, and members who have money."""

    def __init__(self) -> None:
        self.exchange = LocalExchange()
        self._keys = itertools.count()
        staff = self._register("staff", staff=True)
        self.members = [self._register(f"bench-{number}") for number in range(MEMBERS)]
        self.send(staff, *(Deposit(f"bench-{number}", MONEY) for number in range(MEMBERS)))
        event = self.send(staff, CreateEvent("Benchmark", "benchmark", START_TIME))
        assert isinstance(event, EventResult)
        self._contracts = [self._open(staff, event.event.event_id, number) for number in range(MARKETS)]

    def send(self, account_id: int, *commands: Command) -> object:
        """The last result of a request."""
        request = Request(account_id, 1, "POST /", f"key{next(self._keys)}", True, "print", commands, True)
        answer = self.exchange.ask(request)
        assert isinstance(answer, Answer)
        return answer.results[-1]

    def orders(self, chance: random.Random) -> Iterator[PlaceOrder]:
        """Both sides around one price."""
        while True:
            market_id, contract = chance.choice(self._contracts)
            yield PlaceOrder(
                market_id,
                contract.contract_id,
                chance.choice((Side.BUY, Side.SELL)),
                PRICE_MIDDLE + chance.randint(-PRICE_SPREAD, PRICE_SPREAD),
                chance.randint(1, QUANTITY_UNITS_MAX) * QUANTITY_UNIT,
            )

    def _register(self, username: str, *, staff: bool = False) -> int:
        reply = self.exchange.ask(RegisterMember(username, "no hash", username, username, staff))
        assert isinstance(reply, Reply)
        assert isinstance(reply.result, AccountResult)
        return reply.result.account_id

    def _open(self, staff: int, event_id: int, number: int) -> tuple[int, Contract]:
        """The market and the contract that is traded in it."""
        made = self.send(staff, CreateMarket(event_id, f"Market {number}", ("Yes", "No")))
        assert isinstance(made, MarketResult)
        self.send(staff, ChangeMarketState(made.market.market_id, MarketState.OPEN))
        return made.market.market_id, made.market.contracts[0]
