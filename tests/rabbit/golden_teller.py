"""Owns who writes the golden log: an exchange on it, and how members and staff ask it for things.

Never says what is asked: the chapters do.
Called by tests/rabbit/golden_chapters.py, golden_rules.py and golden.py.
"""

from typing import Final

from actors.machines.messages.answers import (
    AccountResult,
    Answer,
    EventResult,
    MarketResult,
    Reply,
    Result,
)
from actors.machines.messages.commands import (
    Command,
    CreateEvent,
    CreateMarket,
    RegisterMember,
    Request,
)
from actors.machines.streams import Streams
from actors.processes.local import LocalExchange, SteppingClock
from rabbit.memory import MemoryLog

STREAMS: Final = Streams()
START_US: Final = 1_767_225_600_000_000
UNIT: Final = 10**8
"""One currency unit of money."""


class Teller:
    """An exchange on the log, and how members and staff ask it for things."""

    def __init__(self, log: MemoryLog, chapter: int) -> None:
        self._clock = SteppingClock(now=START_US + chapter * 10**12)
        self.exchange = LocalExchange(STREAMS, log, self._clock)
        self._chapter = chapter
        self._keys = 0

    def register(self, username: str, *, staff: bool = False) -> int:
        asked = RegisterMember(username, f"hash of {username}", username.title(), f"key of {username}", staff)
        reply = self.exchange.ask(asked)
        assert isinstance(reply, Reply)
        assert isinstance(reply.result, AccountResult)
        return reply.result.account_id

    def ask(self, account_id: int, *commands: Command, api_key_id: int = 0) -> tuple[Result, ...]:
        self._keys += 1
        key = f"key {self._chapter}.{self._keys}"
        answer = self.exchange.ask(
            Request(account_id, 1, "POST /", key, True, "print", commands, True, api_key_id)
        )
        assert isinstance(answer, Answer)
        return answer.results

    def create_event(self, staff: int) -> int:
        (created,) = self.ask(staff, CreateEvent("Cup final", "football", START_US + 10**11, "A match"))
        assert isinstance(created, EventResult)
        return created.event.event_id

    def create_market(self, staff: int, event_id: int, *names: str, commission: int = 0) -> tuple[int, ...]:
        """The market's id, then its contracts'."""
        (created,) = self.ask(staff, CreateMarket(event_id, "Winner", names, 1, "Rules", commission))
        assert isinstance(created, MarketResult)
        contracts = created.market.contracts
        return (created.market.market_id, *(contract.contract_id for contract in contracts))

    def pass_time(self, microseconds: int) -> None:
        """Time goes by, and every host looks what is due."""
        self._clock.now += microseconds
        self.exchange.tick()

    def restart_all(self) -> None:
        """Every host begins another epoch."""
        for name in STREAMS.names:
            self.exchange.restart(name)
