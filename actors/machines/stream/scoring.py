"""Owns what a social stream keeps for the leaderboards: counted trades, verdicts, results, streaks.

Never ranks anybody, and never reads what is no event of this stream.
Called by the scores slice and, for streaks, by the projection.

The rule, whole:

- Trades of the book count, for both sides. Trades by challenges never do, nor does a trade between two who
  are linked: one of them accepted a challenge of the other before, in whatever market.
- A market counts once it is settled, in the periods of its first verdict. A correction replaces the result,
  and a void removes it; both leave the period as it is.
- Profit is after commission, by the rule of money on the counted result alone. What was risked is price times
  quantity for a buy, and the complement for a sell.
- A buy at p says that the truth is between p and certain, a sell that it is between impossible and p; the
  forecast of each is the middle, and its Brier score the square of how far that was off.
- In a market with several winners each contract is a forecast of its own. What a dead heat pays is the
  truth of it: half a winner's payout says that it was half true. Trades in a voided contract don't count.
- A market with a profit is won, one with a loss lost; one that comes to nothing leaves a streak as it is.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Final

from actors.machines import limits
from actors.machines.account_stream.exposure import cash_flow, payout, risk
from actors.machines.messages.parts import Verdict
from actors.machines.messages.scores import CountedTrade, Result, Showing
from actors.machines.messages.social_words import Audience, Detail
from actors.machines.messages.words import Side
from actors.machines.money import commission_on

CERTAIN: Final = 2 * limits.PRICE_SCALE
"""Forecasts are doubled prices: the middle of two prices is an integer then."""


SHOWN_AT_FIRST: Final = Showing(Audience.EVERYONE, Detail.PRICE)
"""What holds until a member chooses: the boards that tell nothing of money."""


class Held:
    """What a member traded in one contract, added up.

    ``net`` is what was bought less what was sold, ``volume`` all of it; ``forecasts`` is quantity times
    forecast, ``squares`` quantity times its square: the Brier score if the contract doesn't win.
    """

    __slots__ = ("cash", "forecasts", "net", "squares", "stake", "volume")

    def __init__(self) -> None:
        self.cash = 0
        self.stake = 0
        self.net = 0
        self.volume = 0
        self.forecasts = 0
        self.squares = 0

    def count(self, trade: CountedTrade) -> None:
        side, price, quantity = trade.side, trade.price, trade.quantity
        forecast = price + limits.PRICE_SCALE if side is Side.BUY else price
        self.cash += cash_flow(side, price, quantity)
        self.stake += risk(side, price, quantity)
        self.net += quantity if side is Side.BUY else -quantity
        self.volume += quantity
        self.forecasts += quantity * forecast
        self.squares += quantity * forecast * forecast

    def brier(self, ticks: int) -> int:
        """The score once the contract pays so many ticks."""
        truth = CERTAIN * ticks // limits.PRICE_SCALE
        return self.squares + truth * (truth * self.volume - 2 * self.forecasts)


class MemberTrades:
    """A member's counted trades in one market, by contract, so that any verdict can be applied to them."""

    __slots__ = ("contracts", "result")

    def __init__(self) -> None:
        self.contracts: dict[int, Held] = {}
        self.result: Result | None = None
        """By the verdict that was applied last."""

    def count(self, contract_id: int, trade: CountedTrade) -> None:
        held = self.contracts.get(contract_id)
        if held is None:
            held = self.contracts[contract_id] = Held()
        held.count(trade)

    def under(self, verdict: Verdict, commission: int) -> Result | None:
        """The result under a verdict, at this rate of commission; None: nothing of it counts."""
        counted = {each: held for each, held in self.contracts.items() if each not in verdict.voided}
        if verdict.void or not counted:
            return None
        payouts = verdict.payouts
        nets = {contract_id: held.net for contract_id, held in counted.items()}
        gross = sum([held.cash for held in counted.values()]) + payout(payouts, nets)
        return Result(
            gross - commission_on(gross, commission),
            sum([held.stake for held in counted.values()]),
            sum([held.volume for held in counted.values()]),
            sum([held.brier(payouts.get(each, 0)) for each, held in counted.items()]),
        )


class ScoredMarket:
    """A market in which members of this social stream traded.

    ``category`` and ``time`` are those of the first verdict; ``place`` is the market's among all that have
    one, in the order of their first ones. Until then they are empty and 0.
    """

    __slots__ = ("category", "members", "place", "time")

    def __init__(self) -> None:
        self.category = ""
        self.time = 0
        self.place = 0
        self.members: dict[int, MemberTrades] = {}


class Waiting:
    """A verdict that is to be applied to the members of its market, and to how many it was."""

    __slots__ = ("done", "market_id", "verdict")

    def __init__(self, market_id: int, verdict: Verdict) -> None:
        self.market_id = market_id
        self.verdict = verdict
        self.done = 0


class Scores:
    """Counted trades, results and links of the members of one social stream."""

    __slots__ = ("links", "markets", "scored", "showing", "verdicts", "waiting")

    def __init__(self) -> None:
        self.links: dict[int, dict[int, None]] = {}
        """Member of this stream -> those whose trades with them don't count any more."""
        self.markets: dict[int, ScoredMarket] = {}
        self.scored: dict[int, dict[int, None]] = {}
        """Member -> the markets that they ever had a result of."""
        self.showing: dict[int, Showing] = {}
        """What members chose."""
        self.verdicts = 0
        """Markets that have, or had, a verdict."""
        self.waiting: deque[Waiting] = deque()

    def are_linked(self, one: int, other: int) -> bool:
        """Whether trades of these two don't count; at least one of them is a member of this stream."""
        return other in self.links.get(one, ()) or one in self.links.get(other, ())

    def showing_of(self, account_id: int) -> Showing:
        return self.showing.get(account_id, SHOWN_AT_FIRST)

    def results_of(
        self, account_id: int, market_id: int, result: Result | None
    ) -> Iterator[tuple[int, Result]]:
        """The member's results by market, in the order of the markets' first verdicts.

        The one of ``market_id`` is ``result``, whatever it was.
        """
        markets = self.markets
        scored = {**self.scored.get(account_id, {}), market_id: None}
        for each in sorted(scored, key=lambda one: markets[one].place):
            found = result if each == market_id else markets[each].members[account_id].result
            if found is not None:
                yield each, found


def streak_after(current: int, longest: int, profit: int) -> tuple[int, int]:
    """A streak, now and at most, after one more market."""
    if profit > 0:
        return current + 1, max(longest, current + 1)
    return (0, longest) if profit < 0 else (current, longest)


def streak_of(profits: Iterable[int]) -> tuple[int, int]:
    """The streak that markets with these profits make, in this order."""
    current = longest = 0
    for profit in profits:
        current, longest = streak_after(current, longest, profit)
    return current, longest
