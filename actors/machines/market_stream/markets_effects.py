"""Owns the effects of a market stream: what other streams are to be told of an event, once it is applied.

Never decides and never sends: messages are data, numbered by the post and carried by the shells.
Called by the turn of a market stream, after each event is evolved.
"""

from actors.machines.market_stream.auction_life import takings
from actors.machines.market_stream.executions import MakerFills, maker_fills, own_fills
from actors.machines.market_stream.markets import Markets
from actors.machines.messages.amendments import AmendmentRefused
from actors.machines.messages.auctions import AuctionStarted, AuctionUncrossed, SetUncrossed
from actors.machines.messages.book_events import (
    AmendMissed,
    CancelMissed,
    OrderCancelled,
    OrderMatched,
    OrderReduced,
    OrderRejected,
    OrderReplaced,
)
from actors.machines.messages.challenges import (
    ChallengeAccepted,
    ChallengeEnded,
    ChallengeOffered,
)
from actors.machines.messages.events import (
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
    OrdersSwept,
)
from actors.machines.messages.parts import Amended, Fill
from actors.machines.messages.posted import (
    EstablishMarket,
    ExchangeSwitched,
    Instructed,
    MarketAnnounced,
    MarketStateReported,
    OrderReport,
    Posted,
    SweepOrders,
    TermsFrozen,
    VerdictReached,
    WithdrawalRefused,
)
from actors.machines.messages.voiding import (
    ContractVoided,
    ContractVoidReached,
)
from actors.machines.messages.words import Reason
from actors.machines.streams import account_stream_of_id

Effects = list[tuple[str, Posted]]


def market_effects(state: Markets, event: MarketEvent) -> Effects:  # noqa: C901, PLR0912 - a table, a line a case
    """What other streams are to be told of an event, once it is applied."""
    match event:
        case OrderMatched():
            return _reports(state, event)
        case OrderReduced():
            return [(account_stream_of_id(event.account_id), _reduction(event))]
        case OrderReplaced():
            return _reports(state, event.arrival, Amended(event.arrival.price, event.quantity))
        case OrderCancelled():
            report = OrderReport(event.order_id, event.account_id, (), 0, event.delayed, event.reason)
            return [(account_stream_of_id(event.account_id), report)]
        case OrderRejected():
            return [(account_stream_of_id(event.account_id), _rejection(event))]
        case ChallengeOffered() | ChallengeAccepted() | ChallengeEnded():
            return _challenge_reports(event)
        case CancelMissed():
            missed = WithdrawalRefused(event.order_id, event.account_id)
            return [(account_stream_of_id(event.account_id), missed)]
        case AmendMissed():
            refused = AmendmentRefused(event.market_id, event.order_id, event.account_id, event.reason)
            return [(account_stream_of_id(event.account_id), refused)]
        case InstructionAnswered():
            told = Instructed(event.account_id, event.request_id, event.item, event.result)
            return [(account_stream_of_id(event.account_id), told)]
        case EventCreated():
            created = state.catalogue.events[event.event.event_id].result()
            answer = Instructed(event.account_id, event.request_id, event.item, created)
            return [(account_stream_of_id(event.account_id), answer)]
        case MarketRegistered():
            establish = EstablishMarket(event.market, event.account_id, event.request_id, event.item)
            return [(state.streams.of_market(event.market.market_id), establish)]
        case MarketCreated():
            return _announcements(state, event)
        case MarketOpening():
            return _to_all_accounts(state, TermsFrozen(state.markets[event.market_id].details.terms))
        case MarketSettled():
            reached = _to_all_accounts(state, VerdictReached(event.market_id, event.verdict))
            return [*reached, _state_report(state, event.market_id)]
        case ContractVoided():
            return _to_all_accounts(state, ContractVoidReached(event.market_id, event.contract_id))
        case AuctionUncrossed():
            return _auction_reports(state, event)
        case SetUncrossed():
            return _set_reports(state, event)
        case AuctionStarted() | MarketOpened() | MarketHalted() | MarketClosed():
            return [_state_report(state, event.market_id)]
        case ExchangeHalted() | ExchangeOpened():
            switch = state.exchange.to_tell(event)
            return [(stream, switch) for stream in state.streams.trading_names]
        case ExchangeStateNoted():
            return [_sweep(state, event) if event.cancel_orders else _switched(state, event.version)]
        case OrdersSwept():
            return [_switched(state, event.version) if event.done else _sweep(state, event)]
        case _:
            return []


def _reports(state: Markets, event: OrderMatched, amended: Amended | None = None) -> Effects:
    market = state.markets[event.market_id]
    own = (
        own_fills(event)
        if event.sets
        else tuple([Fill(fill.execution_id, fill.price, fill.quantity) for fill in event.fills])
    )
    left = event.left if event.reason is None else 0
    # By place: names cost at every order.
    arrival = OrderReport(
        event.order_id, event.account_id, own, left, True, event.reason, False, event.time, amended
    )
    home = account_stream_of_id(event.account_id)
    reports: Effects = [(home, arrival)]
    if event.cancelled:
        # What the order's member got rid of comes first: the answer shows the exposure without it.
        reports[:0] = [
            (home, OrderReport(each.order_id, event.account_id, (), 0, reason=Reason.SELF_TRADE))
            for each in event.cancelled
        ]
    if event.sets:
        for made in maker_fills(event):
            left = market.left_of(made.contract_id, made.order_id)
            report = OrderReport(made.order_id, made.account_id, made.fills, left, time=event.time)
            reports.append((account_stream_of_id(made.account_id), report))
        return reports
    for fill, maker in zip(own, event.fills, strict=True):
        left = market.left_of(event.contract_id, maker.order_id)
        report = OrderReport(maker.order_id, maker.account_id, (fill,), left, time=event.time)
        reports.append((account_stream_of_id(maker.account_id), report))
    return reports


def _auction_reports(state: Markets, event: AuctionUncrossed) -> Effects:
    """The market's word on each order that traded, with all of its fills."""
    market = state.markets[event.market_id]
    fills: dict[tuple[int, int], list[Fill]] = {}
    for each in takings(event):
        fill = Fill(each.execution_id, each.price, each.quantity)
        fills.setdefault((each.order_id, each.account_id), []).append(fill)
    return [
        (
            account_stream_of_id(account_id),
            OrderReport(
                order_id,
                account_id,
                tuple(own),
                market.left_of(event.contract_id, order_id),
                time=event.time,
            ),
        )
        for (order_id, account_id), own in fills.items()
    ]


def _set_reports(state: Markets, event: SetUncrossed) -> Effects:
    """The market's word on each order of a set, all of which were waiting: the one that came last first."""
    market, taken = state.markets[event.market_id], event.taken
    own = MakerFills(taken.contract_id, taken.order_id, taken.account_id, taken.side, own_fills(taken))
    return [
        (
            account_stream_of_id(made.account_id),
            OrderReport(
                made.order_id,
                made.account_id,
                made.fills,
                market.left_of(made.contract_id, made.order_id),
                time=taken.time,
            ),
        )
        for made in (own, *maker_fills(taken))
    ]


def _announcements(state: Markets, event: MarketCreated) -> Effects:
    market = state.markets[event.market.market_id]
    told = Instructed(event.account_id, event.request_id, event.item, market.result())
    announced = _to_all_accounts(state, MarketAnnounced(market.market_id))
    return [*announced, (account_stream_of_id(event.account_id), told)]


def _sweep(state: Markets, event: ExchangeStateNoted | OrdersSwept) -> tuple[str, Posted]:
    return state.name, SweepOrders(event.version)


def _switched(state: Markets, version: int) -> tuple[str, Posted]:
    return state.streams.of_events, ExchangeSwitched(state.name, version)


def _to_all_accounts(state: Markets, message: Posted) -> Effects:
    return [(stream, message) for stream in state.streams.account_names]


def _state_report(state: Markets, market_id: int) -> tuple[str, Posted]:
    market = state.markets[market_id]
    report = MarketStateReported(market_id, market.details.event_id, market.state)
    return state.streams.of_events, report


def _reduction(event: OrderReduced) -> OrderReport:
    amended = Amended(event.price, event.quantity)
    return OrderReport(event.order_id, event.account_id, (), event.left, amended=amended)


def _challenge_reports(event: ChallengeOffered | ChallengeAccepted | ChallengeEnded) -> Effects:
    """The market's word on the orders of a challenge: it waits, it is over, it traded in full."""
    challenger = account_stream_of_id(event.account_id)
    if isinstance(event, ChallengeOffered):
        held = OrderReport(event.challenge_id, event.account_id, (), event.quantity, arrival=True)
        return [(challenger, held)]
    if isinstance(event, ChallengeEnded):
        return [(challenger, OrderReport(event.challenge_id, event.account_id, (), 0, reason=event.reason))]
    fills = (Fill(event.execution_id, event.price, event.quantity),)
    own = OrderReport(event.challenge_id, event.account_id, fills, 0, time=event.time)
    other = OrderReport(event.order_id, event.acceptor_id, fills, 0, arrival=True, time=event.time)
    return [(challenger, own), (account_stream_of_id(event.acceptor_id), other)]


def _rejection(event: OrderRejected) -> OrderReport:
    return OrderReport(
        event.order_id, event.account_id, (), 0, arrival=True, reason=event.reason, rejected=True
    )
