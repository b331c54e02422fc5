"""Owns what a market decides of its own life: how it begins, stops and ends, and what ends with that.

Never changes a market; which step its table allows, the market knows.
Called by the markets machine.
"""

from collections.abc import Iterator, Sequence
from itertools import islice

from actors.machines.market_stream.auction_life import (
    Ending,
    decide_leftovers,
    decide_start,
    decide_uncross,
    gone_by,
)
from actors.machines.market_stream.auction_sets import decide_sets
from actors.machines.market_stream.market import TRANSITIONS, Market
from actors.machines.market_stream.market_steps import askable
from actors.machines.messages.answers import Refused
from actors.machines.messages.auctions import AuctionStarted, AuctionUncrossed
from actors.machines.messages.events import (
    MarketClosed,
    MarketEvent,
    MarketHalted,
    MarketOpened,
    MarketOpening,
    MarketTurnedInPlay,
)
from actors.machines.messages.posted import Instruct
from actors.machines.messages.words import MarketState, Reason, TimeInForce


def decide_state(
    market: Market, instruct: Instruct, wanted: MarketState, time: int
) -> list[MarketEvent] | Refused:
    """Collects, opens, halts or closes; a forbidden step names the allowed ones."""
    if wanted is MarketState.HALTED and market.by_switch:
        return halting(market)
    allowed = askable(market.state, market.auctions)
    if wanted not in allowed:
        names = ", ".join(allowed) or "none"
        return Refused(Reason.MARKET_STATE, f"The market is {market.state}; allowed next: {names}.", "state")
    if wanted is MarketState.HALTED:
        return halting(market)  # whatever is still being applied: it goes on
    if market.awaited:
        return Refused(Reason.MARKET_STATE, "What was decided before is still being applied.", "state")
    if market.state is MarketState.DRAFT:
        return [
            MarketOpening(market.market_id, instruct.account_id, instruct.request_id, instruct.item),
        ]
    if market.state is MarketState.AUCTION and (
        wanted is MarketState.OPEN or market.auctions.under_way_closing
    ):
        return decide_auction_end(market, time)
    if wanted is not MarketState.CLOSED:
        return [starting(market, time, by_auction=wanted is MarketState.AUCTION)]
    cancelled = [
        market.cancelling(contract_id, order.order_id, Reason.MARKET_HALTED)
        for contract_id, book in market.books.items()
        for order in book.resting()
    ]
    return _closing(market, cancelled)


def starting(market: Market, time: int, *, by_auction: bool = False) -> AuctionStarted | MarketOpened:
    """It trades from now on; or it collects orders, going on with an auction or beginning one."""
    if market.collecting is not None:
        return decide_start(market.details, market.last_prices, closing=market.collecting.closing, time=time)
    is_draft = market.state is MarketState.DRAFT
    if by_auction or (is_draft and market.auctions.opening):
        return decide_start(market.details, market.last_prices, closing=not is_draft, time=time)
    return MarketOpened(market.market_id)


def decide_auction_end(market: Market, time: int) -> list[MarketEvent]:
    """The auction trades; then the market opens or closes."""
    assert market.collecting is not None, f"market {market.market_id} is in no auction"
    closing = market.collecting.closing
    events: list[Ending] = [
        *decide_uncross(market.details, market.books, market.collecting, market.next_execution, time)
    ]
    events += decide_leftovers(market.market_id, market.books, events, market_orders=True)
    if market.details.cross_matching:
        events += _decide_sets(market, events, time)
    if not closing:
        return [*events, MarketOpened(market.market_id)]
    left = decide_leftovers(market.market_id, market.books, events, market_orders=False)
    return _closing(market, [*events, *left])


def _decide_sets(market: Market, before: Sequence[Ending], time: int) -> Iterator[Ending]:
    """What contracts trade together, after what each trades by itself."""
    uncrossed = sum(len(event.fills) for event in before if isinstance(event, AuctionUncrossed))
    first_execution_id = market.next_execution + uncrossed
    return decide_sets(
        market.market_id, market.books, gone_by(before), market.resting, first_execution_id, time
    )


def _closing(market: Market, cancelled: Sequence[MarketEvent]) -> list[MarketEvent]:
    """It closes, with all that ends by that."""
    ended = market.challenges.decide_cancel(market.market_id, Reason.MARKET_HALTED)
    return [*_refuse_waiting(market), *cancelled, *ended, MarketClosed(market.market_id)]


def decide_in_play(market: Market) -> list[MarketEvent] | Refused:
    """What the market is about begins: what was offered before is cancelled, unless it is to be kept."""
    if MarketTurnedInPlay not in TRANSITIONS[market.state]:
        return Refused(Reason.MARKET_STATE, f"The market is {market.state}.", "in_play")
    if market.in_play:
        return Refused(Reason.MARKET_STATE, "The market is in play already.", "in_play")
    kept = dict.fromkeys(market.standing.of(TimeInForce.KEEP_IN_PLAY))
    cancelled = [
        market.cancelling(contract_id, order_id, Reason.MARKET_IN_PLAY)
        for order_id, contract_id in market.resting.items()
        if order_id not in kept
    ]
    ended = market.challenges.decide_cancel(market.market_id, Reason.MARKET_IN_PLAY)
    return [*cancelled, *ended, MarketTurnedInPlay(market.market_id)]


def halting(market: Market, reason: str = "", *, by_switch: bool = False) -> list[MarketEvent]:
    """A halt, with all that doesn't outlive one."""
    ended = [
        market.cancelling(market.resting[order_id], order_id, Reason.MARKET_HALTED)
        for order_id in market.standing.of(TimeInForce.GOOD_TIL_HALTED)
    ]
    refused = _refuse_waiting(market)
    return [*refused, *ended, MarketHalted(market.market_id, reason, by_switch)]


def _refuse_waiting(market: Market) -> list[MarketEvent]:
    """What waits to arrive, as the market stops trading."""
    not_open, delay = Reason.MARKET_NOT_OPEN, market.delay
    missed = market.amending.decide_misses(not_open, market.resting, delay.waiting)
    return [*missed, *delay.decide_rejections(not_open)]


def decide_halt(market: Market, reason: str) -> list[MarketEvent]:
    """A halt by the exchange itself, which holds until staff opens the market; nothing where it does."""
    trades_or_will = market.trades or market.by_switch
    return halting(market, reason) if trades_or_will else []


def decide_sweep(market: Market, orders_max: int) -> list[MarketEvent]:
    """Cancels resting orders, oldest first, and then open challenges."""
    oldest = islice(market.resting.items(), orders_max)
    cancelled = [
        market.cancelling(contract_id, order_id, Reason.ADMIN_REQUESTED) for order_id, contract_id in oldest
    ]
    left = orders_max - len(cancelled)
    return [*cancelled, *market.challenges.decide_cancel(market.market_id, Reason.ADMIN_REQUESTED, left)]
