"""Owns which markets have to be halted for what was found, and whether the log shows that they were.

Never sends a command: the auditor's process does, as long as one is due.
Called by the auditor.

A halt names the breach that it is for, so after a restart the log itself tells which breaches were dealt
with. Once staff opens again what the auditor halted, that is their decision, until something new is found.
"""

from typing import Final

from actors.auditing.breaches import Breach
from actors.machines.messages.auctions import AuctionStarted
from actors.machines.messages.commands import Halt, HaltExchange, HaltMarket
from actors.machines.messages.events import (
    Event,
    ExchangeHalted,
    ExchangeOpened,
    MarketClosed,
    MarketCreated,
    MarketHalted,
    MarketOpened,
)

SIGNATURE: Final = "auditor: "
"""How the auditor's halts begin, on the log and wherever their reason is shown."""

MOVES: Final = (
    MarketCreated,
    AuctionStarted,
    MarketOpened,
    MarketHalted,
    MarketClosed,
    ExchangeHalted,
    ExchangeOpened,
)
"""The events that say what may trade."""


class Trading:
    """Whether something may trade, now or once the kill switch lets it, and who stopped it last."""

    __slots__ = ("may_trade", "mine")

    def __init__(self, *, may_trade: bool) -> None:
        self.may_trade = may_trade
        self.mine = False


class Halts:
    """All markets, and the exchange as a whole."""

    def __init__(self) -> None:
        self._exchange = Trading(may_trade=True)
        self._markets: dict[int, Trading] = {}
        self._pending: dict[int, Breach] = {}
        """Markets (0: the exchange) -> the first breach that they must be halted for."""

    def found(self, breach: Breach) -> None:
        """A breach: its market has to be halted, or all of them."""
        known = breach.market_id in self._markets
        self._pending.setdefault(breach.market_id if known and breach.market_id else 0, breach)

    def note(self, event: Event) -> None:
        """What the log says of markets and of the exchange."""
        match event:
            case MarketCreated():
                self._markets.setdefault(event.market.market_id, Trading(may_trade=False))
            case AuctionStarted() | MarketOpened():
                self._moved(self._market(event.market_id), event.market_id, may_trade=True)
            case MarketHalted():
                mine = event.reason.startswith(SIGNATURE) and not event.by_switch
                self._moved(
                    self._market(event.market_id), event.market_id, may_trade=event.by_switch, mine=mine
                )
            case MarketClosed():
                self._moved(self._market(event.market_id), event.market_id, may_trade=False)
            case ExchangeHalted():
                self._moved(self._exchange, 0, may_trade=False, mine=event.reason.startswith(SIGNATURE))
            case ExchangeOpened():
                self._moved(self._exchange, 0, may_trade=True)

    def due(self) -> list[Halt]:
        """What is to be asked for now: again and again, until the log shows it."""
        return [
            HaltMarket(market_id, f"{SIGNATURE}{breach.name}")
            if market_id
            else HaltExchange(f"{SIGNATURE}{breach.name}")
            for market_id, breach in self._pending.items()
            if self._trading(market_id).may_trade
        ]

    def _market(self, market_id: int) -> Trading:
        return self._markets.setdefault(market_id, Trading(may_trade=False))

    def _trading(self, market_id: int) -> Trading:
        return self._markets[market_id] if market_id else self._exchange

    def _moved(self, trading: Trading, market_id: int, *, may_trade: bool, mine: bool = False) -> None:
        if mine or trading.mine:
            self._pending.pop(market_id, None)
        trading.may_trade = may_trade
        trading.mine = mine
