"""Owns a market stream's machines: its markets and, in ``markets-0``, the catalogue and the kill switch.

Never decides about funds; never sends: what others are to be told, ``markets_effects`` says.
Called by the turn of a market stream.
"""

from collections.abc import Iterator, Sequence
from typing import assert_never

from msgspec import structs

from actors.machines import limits
from actors.machines.market_stream.amendment import decide_amendment, decide_waited
from actors.machines.market_stream.auction_life import AUCTION_END
from actors.machines.market_stream.catalogue import Catalogue
from actors.machines.market_stream.exchange import Exchange
from actors.machines.market_stream.market import Market
from actors.machines.market_stream.market_life import (
    decide_auction_end,
    decide_halt,
    decide_in_play,
    decide_state,
    decide_sweep,
    halting,
    starting,
)
from actors.machines.market_stream.timers import Timers
from actors.machines.market_stream.voiding import decide_acknowledged, decide_void
from actors.machines.messages.amendments import SubmitAmendment
from actors.machines.messages.answers import ExchangeResult, MarketResult, Refused
from actors.machines.messages.auctions import AuctionStarted, AuctionUncrossed, SetUncrossed
from actors.machines.messages.book_events import (
    AmendDelayed,
    AmendMissed,
    CancelMissed,
    OrderCancelled,
    OrderDelayed,
    OrderMatched,
    OrderReduced,
    OrderRejected,
    OrderReplaced,
)
from actors.machines.messages.challenges import (
    ChallengeAccepted,
    ChallengeEnded,
    ChallengeOffered,
    DeclineChallenge,
    SubmitAcceptance,
    SubmitOffer,
)
from actors.machines.messages.commands import (
    ChangeEvent,
    ChangeExchangeState,
    ChangeMarketState,
    CreateEvent,
    CreateMarket,
    Halt,
    HaltExchange,
    MarketCommand,
    SettleMarket,
    TurnInPlay,
)
from actors.machines.messages.events import (
    EventChanged,
    EventCreated,
    ExchangeHalted,
    ExchangeOpened,
    ExchangeStateNoted,
    InstructionAnswered,
    MarketClosed,
    MarketCreated,
    MarketEvent,
    MarketHalted,
    MarketOpened,
    MarketOpening,
    MarketRegistered,
    MarketSettled,
    MarketStateNoted,
    MarketTurnedInPlay,
    OrdersSwept,
    SettlementCompleted,
    SwitchAcknowledged,
    TermsAcknowledged,
    VerdictAcknowledged,
)
from actors.machines.messages.posted import (
    EstablishMarket,
    ExchangeSwitched,
    Instruct,
    MarketStateReported,
    Posted,
    SubmitOrder,
    SweepOrders,
    SwitchExchange,
    TermsRecorded,
    VerdictApplied,
    WithdrawOrder,
)
from actors.machines.messages.voiding import (
    ContractVoidAcknowledged,
    ContractVoidApplied,
    ContractVoided,
    VoidContract,
)
from actors.machines.messages.words import ExchangeState, MarketState, Reason
from actors.machines.streams import Streams
from actors.machines.switch import NEVER_SWITCHED, noted

Submission = SubmitOrder | SubmitOffer | SubmitAcceptance


class Markets:
    """The state of a market stream."""

    def __init__(self, name: str, streams: Streams) -> None:
        self.name = name
        self.streams = streams
        self.catalogue = Catalogue()
        self.exchange = Exchange(streams)
        self.exchange_noted = NEVER_SWITCHED
        """The kill switch as this stream was told of it."""
        self.markets: dict[int, Market] = {}
        self.timers = Timers()

    # Decide: change nothing.

    def receive(  # noqa: C901, PLR0912 - a table, a line a case
        self, message: Posted, time: int
    ) -> Sequence[MarketEvent]:
        """What a posted message leads to."""
        match message:
            case SubmitOrder():
                market = self.markets.get(message.market_id)
                return [_unknown(message) if market is None else market.decide_order(message, time)]
            case SubmitAmendment():
                return [decide_amendment(self.markets[message.market_id], message, time)]
            case WithdrawOrder():
                return [self.markets[message.market_id].decide_withdrawal(message)]
            case Instruct():
                decided = self._decide_instruct(message, time)
                return [_answer(message, decided)] if isinstance(decided, Refused) else decided
            case EstablishMarket():
                return [
                    MarketCreated(message.market, message.account_id, message.request_id, message.item, time)
                ]
            case SubmitOffer() | SubmitAcceptance():
                return [self._decide_challenge(message, time)]
            case TermsRecorded():
                return self._decide_terms(message, time)
            case VerdictApplied():
                return self._decide_applied(message)
            case ContractVoidApplied():
                return decide_acknowledged(self.markets[message.market_id], message)
            case MarketStateReported():
                return self.catalogue.decide_report(message)
            case SwitchExchange():
                return [noted(message), *self._decide_switch(message, time)]
            case SweepOrders():
                return self._decide_sweep(message)
            case ExchangeSwitched():
                return self.exchange.decide_switched(message)
            case _:
                error = f"a market stream does not take {type(message).__name__}"
                raise TypeError(error)

    def decide_due(self, time: int) -> Iterator[MarketEvent]:
        """What ends or arrives by itself at this time; each is decided once what was before it is applied."""
        for market_id, identity in self.timers.due(time):
            market = self.markets[market_id]
            if identity == AUCTION_END:
                yield from decide_auction_end(market, time)
                continue
            event = market.decide_due(identity, time)
            if event is None and (amendment := market.amending.of_timer(identity)) is not None:
                event = decide_waited(market, amendment, time)
            if event is not None:
                yield event

    def _decide_challenge(self, message: SubmitOffer | SubmitAcceptance, time: int) -> MarketEvent:
        market = self.markets.get(message.market_id)
        if market is None:
            return _unknown(message)
        closed = market.refuse_challenge(message.contract_id)
        if isinstance(message, SubmitOffer):
            return market.challenges.decide_offer(message, closed, time)
        return market.challenges.decide_acceptance(message, closed, time)

    def _decide_instruct(self, instruct: Instruct, time: int) -> Sequence[MarketEvent] | Refused:
        command = instruct.command
        match command:
            case CreateEvent():
                return [self.catalogue.decide_event(instruct, command, time)]
            case ChangeEvent():
                return self.catalogue.decide_change(instruct, command)
            case CreateMarket():
                registered = self.catalogue.decide_market(instruct, command)
                return registered if isinstance(registered, Refused) else [registered]
            case ChangeExchangeState():
                return self.exchange.decide_change(instruct, command, time)
            case ChangeMarketState() | TurnInPlay() | SettleMarket() | VoidContract() | DeclineChallenge():
                market = self.markets.get(command.market_id)
                if market is None:
                    return Refused(Reason.MARKET_NOT_FOUND, "There is no such market.", "market_id")
                return self._decide_market(instruct, market, command, time)
            case _:
                error = f"a market stream does not decide {type(command).__name__}"
                raise TypeError(error)

    def _decide_market(
        self,
        instruct: Instruct,
        market: Market,
        command: MarketCommand | DeclineChallenge,
        time: int,
    ) -> Sequence[MarketEvent] | Refused:
        if isinstance(command, DeclineChallenge):
            return market.challenges.decide_decline(instruct, command)
        if isinstance(command, TurnInPlay):
            turned = decide_in_play(market)
            if isinstance(turned, Refused):
                return turned
            result = structs.replace(market.result_in(market.state), in_play=True)
            return [*turned, _answer(instruct, result)]
        if isinstance(command, VoidContract):
            return decide_void(market, instruct, command)
        if isinstance(command, SettleMarket):
            settled = market.decide_verdict(instruct, command)
            return settled if isinstance(settled, Refused) else [settled]
        if command.state in {MarketState.OPEN, MarketState.AUCTION} and self._is_halted:
            return Refused(Reason.TRADING_SUSPENDED, "The whole exchange is halted.", "state")
        events = decide_state(market, instruct, command.state, time)
        if isinstance(events, Refused) or isinstance(events[-1], MarketOpening):
            return events
        return [*events, _answer(instruct, market.result_in(command.state))]

    def _decide_terms(self, message: TermsRecorded, time: int) -> list[MarketEvent]:
        market = self.markets[message.market_id]
        acknowledged = TermsAcknowledged(message.market_id, message.stream)
        if len(market.awaited) > 1 or market.asker is None:
            return [acknowledged]
        opened = starting(market, time)
        if self._is_halted:
            # The switch was moved while it was opening: it opens with the exchange.
            halted = MarketHalted(message.market_id, self.exchange_noted.reason, by_switch=True)
            return [acknowledged, opened, halted, market.answer(market.result_in(MarketState.HALTED, 2))]
        state = MarketState.OPEN if isinstance(opened, MarketOpened) else MarketState.AUCTION
        return [acknowledged, opened, market.answer(market.result_in(state))]

    def _decide_applied(self, message: VerdictApplied) -> list[MarketEvent]:
        market = self.markets[message.market_id]
        acknowledged = VerdictAcknowledged(
            message.market_id, message.stream, message.version, message.clearing
        )
        if len(market.awaited) > 1 or market.asker is None:
            return [acknowledged]
        # A settlement that doesn't clear is never called complete: this stops here, and is reported.
        cleared = market.clearing + message.clearing
        assert cleared == 0, f"market {message.market_id} does not clear: {cleared} is left over"
        completed = SettlementCompleted(message.market_id, message.version)
        return [acknowledged, completed, market.answer(market.result())]

    def decide_halt(self, command: Halt, time: int) -> list[MarketEvent] | Refused:
        """What the exchange itself asks for, having found something wrong."""
        if isinstance(command, HaltExchange):
            return self.exchange.decide_halt(command, time)
        market = self.markets.get(command.market_id)
        if market is None:
            return Refused(Reason.MARKET_NOT_FOUND, "There is no such market.", "market_id")
        return decide_halt(market, command.reason)

    def halted(self, command: Halt) -> ExchangeResult | MarketResult:
        """The answer to a halt that was carried out."""
        if isinstance(command, HaltExchange):
            return self.exchange.result()
        return self.markets[command.market_id].result()

    @property
    def _is_halted(self) -> bool:
        return self.exchange_noted.state is ExchangeState.HALTED

    def _decide_switch(self, message: SwitchExchange, time: int) -> list[MarketEvent]:
        if message.state is ExchangeState.OPEN:
            return [starting(market, time) for market in self.markets.values() if market.by_switch]
        return [
            event
            for market in self.markets.values()
            if market.trades
            for event in halting(market, message.reason, by_switch=True)
        ]

    def _decide_sweep(self, message: SweepOrders) -> list[MarketEvent]:
        if not self._is_halted:
            return [OrdersSwept(message.version, done=True)]  # it was opened: what rests may be newer
        left = limits.ORDERS_SWEPT_AT_ONCE_MAX
        events: list[MarketEvent] = []
        for market in self.markets.values():
            events += decide_sweep(market, left - len(events))
        return [*events, OrdersSwept(message.version, done=len(events) < left)]

    def poisoned(self, message: Posted) -> list[MarketEvent]:
        """What a message that could not be decided leads to: its market is halted, its sender told."""
        events: list[MarketEvent] = []
        market_id = getattr(message, "market_id", None)
        market = None if market_id is None else self.markets.get(market_id)
        if market is not None:
            events += decide_halt(market, f"{type(message).__name__} could not be decided.")
        match message:
            case SubmitOrder() | SubmitOffer() | SubmitAcceptance():
                events.append(_rejected(message, Reason.INTERNAL))
            case SubmitAmendment():
                events.append(_amendment_missed(message, Reason.INTERNAL))
            case WithdrawOrder():
                events.append(CancelMissed(message.market_id, message.order_id, message.account_id))
            case Instruct():
                events.append(_answer(message, Refused(Reason.INTERNAL, "The command could not be decided.")))
            case _:
                pass
        return events

    # Evolve: total.

    def evolve(  # noqa: C901, PLR0912, PLR0915 - a table, a line a case
        self, event: MarketEvent
    ) -> None:
        """Applies one event; what it can't apply is an error in the log and raises."""
        match event:  # the frequent ones first: cases are tried in turn
            case OrderMatched():
                self.markets[event.market_id].match(event, self.timers)
            case OrderCancelled():
                self.markets[event.market_id].cancel(event, self.timers)
            case OrderDelayed():
                self.markets[event.market_id].delay.begin(event, self.timers)
            case OrderRejected() if event.delayed:
                self.markets[event.market_id].delay.end(event.order_id, self.timers)
            case ChallengeOffered():
                self.markets[event.market_id].challenges.offered(event)
                self.timers.add(event.offer.expires_time, event.market_id, event.challenge_id)
            case ChallengeAccepted() | ChallengeEnded():
                expires_time = self.markets[event.market_id].end_challenge(event)
                self.timers.remove(expires_time, event.market_id, event.challenge_id)
            case OrderReduced():
                self.markets[event.market_id].reduce(event, self.timers)
            case OrderReplaced():
                self.markets[event.market_id].replace(event, self.timers)
            case AmendMissed():
                self.markets[event.market_id].amending.end(event, self.timers)
            case AmendDelayed():
                self.markets[event.market_id].amending.begin(event, self.timers)
            case InstructionAnswered() | OrderRejected() | CancelMissed() | OrdersSwept():
                pass  # nothing changes here: the event is for the sender
            case MarketStateNoted():
                self.catalogue.noted(event)
            case EventCreated():
                self.catalogue.created(event)
            case EventChanged():
                self.catalogue.changed(event)
            case MarketRegistered():
                self.catalogue.registered(event)
            case MarketCreated():
                self.markets[event.market.market_id] = Market(event)
            case MarketOpening():
                self._opening(event)
            case TermsAcknowledged() | VerdictAcknowledged() | ContractVoidAcknowledged():
                self._acknowledged(event)
            case ContractVoided():
                market = self.markets[event.market_id]
                market.move(event)
                market.await_all(self.streams, (event.account_id, event.request_id, event.item))
            case AuctionStarted() | MarketOpened() | MarketHalted() | MarketClosed():
                self._moved(event)
            case MarketTurnedInPlay():
                self.markets[event.market_id].move(event)
            case AuctionUncrossed():
                self.markets[event.market_id].uncross(event, self.timers)
            case SetUncrossed():
                self.markets[event.market_id].uncross_set(event, self.timers)
            case MarketSettled():
                self._settled(event)
            case SettlementCompleted():
                self.markets[event.market_id].asker = None
            case ExchangeStateNoted():
                self.exchange_noted = event
            case ExchangeHalted() | ExchangeOpened():
                self.exchange.move(event)
            case SwitchAcknowledged():
                self.exchange.acknowledged(event)
            case _:
                assert_never(event)

    def _opening(self, event: MarketOpening) -> None:
        market = self.markets[event.market_id]
        market.move(event)
        market.await_all(self.streams, (event.account_id, event.request_id, event.item))

    def _acknowledged(
        self, event: TermsAcknowledged | VerdictAcknowledged | ContractVoidAcknowledged
    ) -> None:
        market = self.markets[event.market_id]
        market.awaited.pop(event.stream, None)
        if isinstance(event, VerdictAcknowledged):
            market.clearing += event.clearing
        if isinstance(event, ContractVoidAcknowledged) and not market.awaited:
            market.asker = None

    def _moved(self, event: AuctionStarted | MarketOpened | MarketHalted | MarketClosed) -> None:
        market = self.markets[event.market_id]
        if isinstance(event, AuctionStarted):
            market.collect(event, self.timers)
        else:
            market.move(event)
            market.stop_collecting(event, self.timers)
        if not market.awaited:
            market.asker = None  # but for a contract that is being voided, which no halt undoes

    def _settled(self, event: MarketSettled) -> None:
        market = self.markets[event.market_id]
        market.move(event)
        market.verdict = event.verdict
        market.clearing = 0
        market.await_all(self.streams, (event.account_id, event.request_id, event.item))


def _unknown(order: Submission) -> OrderRejected:
    return _rejected(order, Reason.MARKET_NOT_FOUND)


def _rejected(order: Submission, reason: Reason) -> OrderRejected:
    order_id = order.challenge_id if isinstance(order, SubmitOffer) else order.order_id
    return OrderRejected(order.market_id, order_id, order.account_id, reason)


def _amendment_missed(asked: SubmitAmendment, reason: Reason) -> AmendMissed:
    return AmendMissed(asked.market_id, asked.order_id, asked.account_id, reason)


def _answer(instruct: Instruct, result: Refused | MarketResult) -> InstructionAnswered:
    return InstructionAnswered(instruct.account_id, instruct.request_id, instruct.item, result)
