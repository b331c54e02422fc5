"""Owns how trades, links and verdicts become results: what is counted, and each market's members in portions.

Never counts by anything but market streams: the result doesn't depend on how far others were read.
Called through the social machine's table.

A verdict waits for the ones before it, and is applied to a bounded number of members in one record: the
stream posts itself a message to go on. So results come in the order of the verdicts.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Final

from actors.machines import limits
from actors.machines.messages.auctions import AuctionUncrossed, SetUncrossed
from actors.machines.messages.book_events import OrderMatched, OrderReplaced
from actors.machines.messages.challenges import ChallengeAccepted
from actors.machines.messages.events import (
    MarketSettled,
)
from actors.machines.messages.following import PrivacyChanged, PrivacyChoice
from actors.machines.messages.parts import SetFill
from actors.machines.messages.scores import (
    Cell,
    ContinueScoring,
    CountedTrade,
    MemberScored,
    MembersLinked,
    PortionScored,
    Result,
    ScoringBegun,
    Showing,
    ShowingChanged,
    Streak,
    TradesCounted,
)
from actors.machines.messages.social_words import PrivacyKind
from actors.machines.messages.words import Side
from actors.machines.stream import names
from actors.machines.stream.score_cells import cells
from actors.machines.stream.scoring import MemberTrades, ScoredMarket, Waiting, streak_of
from actors.machines.stream.slice import Slice

if TYPE_CHECKING:
    from actors.machines.stream.state import Moment, SocialState


# Observed.


def count(state: "SocialState", event: OrderMatched, _: "Moment") -> Iterator[TradesCounted]:
    taker_is_here = state.is_here(names.of_member(event.account_id))
    trades = []
    for fill in event.fills:
        maker_is_here = state.is_here(names.of_member(fill.account_id))
        if not (taker_is_here or maker_is_here) or fill.account_id == event.account_id:
            continue
        if state.scores.are_linked(event.account_id, fill.account_id):
            continue
        if taker_is_here:
            trades.append(CountedTrade(event.account_id, event.side, fill.price, fill.quantity))
        if maker_is_here:
            trades.append(CountedTrade(fill.account_id, event.side.other, fill.price, fill.quantity))
    if trades:
        yield TradesCounted(event.market_id, event.contract_id, tuple(trades))
    for one in event.sets:
        yield from _count_set(state, event, one)


def _count_set(state: "SocialState", event: OrderMatched, one: SetFill) -> Iterator[TradesCounted]:
    """Each side of a set counts whose member is linked with no other member in it."""
    sides = [(event.account_id, event.contract_id, one.price)]
    sides += [(leg.account_id, leg.contract_id, leg.price) for leg in one.legs]
    members = dict.fromkeys(account_id for account_id, _, _ in sides)
    for account_id, contract_id, price in sides:
        if state.is_here(names.of_member(account_id)) and not any(
            state.scores.are_linked(account_id, other) for other in members
        ):
            trade = CountedTrade(account_id, event.side, price, one.quantity)
            yield TradesCounted(event.market_id, contract_id, (trade,))


def count_replaced(state: "SocialState", event: OrderReplaced, at: "Moment") -> Iterator[TradesCounted]:
    """What an order traded that arrived anew."""
    yield from count(state, event.arrival, at)


def count_uncrossed_set(state: "SocialState", event: SetUncrossed, at: "Moment") -> Iterator[TradesCounted]:
    """What was traded as a set when an auction ended."""
    yield from count(state, event.taken, at)


def count_auction(state: "SocialState", event: AuctionUncrossed, _: "Moment") -> Iterator[TradesCounted]:
    trades = []
    for fill in event.fills:
        if state.scores.are_linked(fill.buy_account_id, fill.sell_account_id):
            continue
        sides = ((fill.buy_account_id, Side.BUY), (fill.sell_account_id, Side.SELL))
        for account_id, side in sides:
            if state.is_here(names.of_member(account_id)):
                trades.append(CountedTrade(account_id, side, event.price, fill.quantity))
    if trades:
        yield TradesCounted(event.market_id, event.contract_id, tuple(trades))


def link(state: "SocialState", event: ChallengeAccepted, _: "Moment") -> Iterator[MembersLinked]:
    for one, other in ((event.account_id, event.acceptor_id), (event.acceptor_id, event.account_id)):
        if state.is_here(names.of_member(one)) and other not in state.scores.links.get(one, ()):
            yield MembersLinked(one, other)


def begin(state: "SocialState", event: MarketSettled, at: "Moment") -> Iterator[ScoringBegun]:
    if event.market_id in state.scores.markets:
        category = state.known.categories[state.known.markets[event.market_id].event_id]
        yield ScoringBegun(event.market_id, category, event.verdict, at.time)


def show(state: "SocialState", event: PrivacyChanged, _: "Moment") -> Iterator[ShowingChanged]:
    """What the member has on the boards follows what they have just chosen."""
    if _about_boards(event.choices) is None:
        return
    scored = state.scores.scored.get(event.account_id, {})
    theirs = list({cell: None for market_id in scored for cell in _cells(state, market_id)})
    showing = state.scores.showing_of(event.account_id)
    for first in range(0, len(theirs), limits.CELLS_SHOWN_AT_ONCE_MAX):
        portion = theirs[first : first + limits.CELLS_SHOWN_AT_ONCE_MAX]
        yield ShowingChanged(event.account_id, showing, tuple(portion))


def _about_boards(choices: Iterable[PrivacyChoice]) -> PrivacyChoice | None:
    return next((choice for choice in choices if choice.kind is PrivacyKind.LEADERBOARDS), None)


# Received.


def go_on(
    state: "SocialState", _message: ContinueScoring, _time: int
) -> Iterator[MemberScored | PortionScored]:
    """The next members of the verdict whose turn it is."""
    scores = state.scores
    waiting = scores.waiting[0]
    members = scores.markets[waiting.market_id].members
    next_ones = list(islice(members, waiting.done, waiting.done + limits.MEMBERS_SCORED_AT_ONCE_MAX))
    commission = state.known.markets[waiting.market_id].commission
    for account_id in next_ones:
        before = members[account_id].result
        result = members[account_id].under(waiting.verdict, commission)
        if result != before:
            yield _scored(state, waiting, account_id, result, before)
    yield PortionScored(waiting.market_id, len(next_ones))


def _scored(
    state: "SocialState", waiting: Waiting, account_id: int, result: Result | None, before: Result | None
) -> MemberScored:
    market_id = waiting.market_id
    market = state.scores.markets[market_id]
    return MemberScored(
        account_id,
        state.known.usernames[account_id],
        market_id,
        state.known.markets[market_id].event_id,
        market.category,
        market.time,
        result,
        before,
        state.scores.showing_of(account_id),
        # By a first verdict it is the member's newest result: whoever keeps their streaks can go on with it.
        () if waiting.verdict.version == 1 else _streaks(state, account_id, market_id, result),
    )


def _streaks(
    state: "SocialState", account_id: int, market_id: int, result: Result | None
) -> tuple[Streak, ...]:
    """The member's streaks in all cells of a market whose result is this one from now on."""
    profits: dict[Cell, list[int]] = {cell: [] for cell in _cells(state, market_id)}
    for each, its_result in state.scores.results_of(account_id, market_id, result):
        for cell in _cells(state, each):
            if cell in profits:
                profits[cell].append(its_result.profit)
    return tuple(Streak(cell, *streak_of(found)) for cell, found in profits.items())


def _cells(state: "SocialState", market_id: int) -> tuple[Cell, ...]:
    market = state.scores.markets[market_id]
    return cells(market_id, state.known.markets[market_id].event_id, market.category, market.time)


# Evolved.


def counted(state: "SocialState", event: TradesCounted) -> None:
    market = state.scores.markets.get(event.market_id)
    if market is None:
        market = state.scores.markets[event.market_id] = ScoredMarket()
    for trade in event.trades:
        trades = market.members.get(trade.account_id)
        if trades is None:
            trades = market.members[trade.account_id] = MemberTrades()
        trades.count(event.contract_id, trade)


def linked(state: "SocialState", event: MembersLinked) -> None:
    state.scores.links.setdefault(event.account_id, {})[event.other_id] = None


def begun(state: "SocialState", event: ScoringBegun) -> None:
    scores = state.scores
    market = scores.markets[event.market_id]
    if market.place == 0:
        scores.verdicts += 1
        market.place, market.category, market.time = scores.verdicts, event.category, event.time
    scores.waiting.append(Waiting(event.market_id, event.verdict))


def scored(state: "SocialState", event: MemberScored) -> None:
    state.scores.markets[event.market_id].members[event.account_id].result = event.result
    state.scores.scored.setdefault(event.account_id, {})[event.market_id] = None


def portion(state: "SocialState", event: PortionScored) -> None:
    waiting = state.scores.waiting[0]
    waiting.done += event.members
    if waiting.done == len(state.scores.markets[event.market_id].members):
        state.scores.waiting.popleft()


def choose(state: "SocialState", event: PrivacyChanged) -> None:
    choice = _about_boards(event.choices)
    if choice is not None:
        before = state.scores.showing_of(event.account_id)
        showing = Showing(choice.audience or before.audience, choice.detail or before.detail)
        state.scores.showing[event.account_id] = showing


# Effects.


def start(state: "SocialState", _event: ScoringBegun) -> list[tuple[str, ContinueScoring]]:
    """Who finds nothing waiting before it begins by itself; the others follow."""
    return [(state.name, ContinueScoring())] if len(state.scores.waiting) == 1 else []


def follow(state: "SocialState", _event: PortionScored) -> list[tuple[str, ContinueScoring]]:
    return [(state.name, ContinueScoring())] if state.scores.waiting else []


SLICE: Final = Slice(
    observes={
        OrderMatched: count,
        OrderReplaced: count_replaced,
        AuctionUncrossed: count_auction,
        SetUncrossed: count_uncrossed_set,
        ChallengeAccepted: link,
        MarketSettled: begin,
        PrivacyChanged: show,
    },
    receives={ContinueScoring: go_on},
    evolves={
        TradesCounted: counted,
        MembersLinked: linked,
        ScoringBegun: begun,
        MemberScored: scored,
        PortionScored: portion,
        PrivacyChanged: choose,
    },
    effects={ScoringBegun: start, PortionScored: follow},
)
