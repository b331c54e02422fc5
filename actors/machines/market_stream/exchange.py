"""Owns the kill switch: whether the exchange trades, and which streams have followed its last move.

Never touches a market or an order: every stream does its own part when it is told.
Called by the markets machine of the stream ``markets-0``.

Each move has a version and goes to every stream, this one included. Who moved the switch is answered when
all of them have done their part. Halting again is a move (it may cancel orders now); opening what is open
is none.
"""

from collections.abc import Mapping
from typing import Final

from actors.machines import limits
from actors.machines.messages.answers import ExchangeResult, Refused
from actors.machines.messages.commands import ChangeExchangeState, HaltExchange
from actors.machines.messages.events import (
    ExchangeHalted,
    ExchangeOpened,
    InstructionAnswered,
    MarketEvent,
    SwitchAcknowledged,
)
from actors.machines.messages.posted import ExchangeSwitched, Instruct, SwitchExchange
from actors.machines.messages.words import ExchangeState, Reason
from actors.machines.streams import Streams

TRANSITIONS: Final[Mapping[ExchangeState, Mapping[type, ExchangeState]]] = {
    ExchangeState.OPEN: {ExchangeHalted: ExchangeState.HALTED},
    ExchangeState.HALTED: {
        ExchangeHalted: ExchangeState.HALTED,
        ExchangeOpened: ExchangeState.OPEN,
    },
}

Moved = ExchangeHalted | ExchangeOpened


class Waiting:
    """Somebody who moved the switch: whom to answer what, and which streams have yet to do their part.

    Each for itself: a stream that cancels many orders for one move is done with younger ones before.
    """

    __slots__ = ("account_id", "awaited", "item", "request_id", "result")

    def __init__(self, event: Moved, result: ExchangeResult, streams: Streams) -> None:
        self.awaited = dict.fromkeys(streams.trading_names)
        self.account_id = event.account_id
        self.request_id = event.request_id
        self.item = event.item
        self.result = result

    def answer(self) -> InstructionAnswered:
        return InstructionAnswered(self.account_id, self.request_id, self.item, self.result)


class Exchange:
    """The state of the switch."""

    def __init__(self, streams: Streams) -> None:
        self.state = ExchangeState.OPEN
        self.version = 0
        self.reason = ""
        self.time = 0
        self.streams = streams
        self.waiting: dict[int, Waiting] = {}
        """Versions -> who moved the switch then and is not answered yet."""

    def result(self) -> ExchangeResult:
        """The switch as an answer shows it."""
        return ExchangeResult(self.state, self.version, self.reason, self.time)

    # Decide: change nothing.

    def decide_change(
        self, instruct: Instruct, command: ChangeExchangeState, time: int
    ) -> list[MarketEvent] | Refused:
        """A move by staff; opening what is open is answered as it is."""
        asker = (instruct.account_id, instruct.request_id, instruct.item)
        if len(self.waiting) >= limits.SWITCHES_WAITING_MAX:
            return Refused(Reason.LIMIT_EXCEEDED, "Too many moves of the switch are under way.")
        version = self.version + 1
        if command.state is ExchangeState.HALTED:
            return [ExchangeHalted(version, command.cancel_orders, command.reason, *asker, time)]
        if self.state is ExchangeState.OPEN:
            return [InstructionAnswered(*asker, self.result())]
        return [ExchangeOpened(version, command.reason, *asker, time)]

    def decide_halt(self, command: HaltExchange, time: int) -> list[MarketEvent]:
        """A halt by the exchange itself; nobody waits for it, and once halted it stays as it is."""
        if self.state is ExchangeState.HALTED:
            return []
        return [ExchangeHalted(self.version + 1, False, command.reason, 0, 0, 0, time)]

    def decide_switched(self, message: ExchangeSwitched) -> list[MarketEvent]:
        """A stream has done its part; who waited for the last one to do so is answered."""
        acknowledged = SwitchAcknowledged(message.stream, message.version)
        waiting = self.waiting.get(message.version)
        if waiting is None or list(waiting.awaited) != [message.stream]:
            return [acknowledged]
        return [acknowledged, waiting.answer()]

    # Evolve: total.

    def move(self, event: Moved) -> None:
        """Takes a declared transition; anything else is an ``AssertionError``."""
        state = TRANSITIONS[self.state].get(type(event))
        assert state is not None, f"exchange: {event} while {self.state}"
        assert event.version == self.version + 1, f"exchange: {event} after version {self.version}"
        self.state = state
        self.version = event.version
        self.reason = event.reason
        self.time = event.time
        if event.account_id:
            self.waiting[event.version] = Waiting(event, self.result(), self.streams)

    def acknowledged(self, event: SwitchAcknowledged) -> None:
        waiting = self.waiting.get(event.version)
        if waiting is not None:
            waiting.awaited.pop(event.stream, None)
            if not waiting.awaited:
                del self.waiting[event.version]

    # Effects.

    def to_tell(self, event: Moved) -> SwitchExchange:
        """What every stream is to be told of a move."""
        cancel_orders = isinstance(event, ExchangeHalted) and event.cancel_orders
        return SwitchExchange(event.version, self.state, cancel_orders, event.reason, event.time)
