"""Owns the events by which a social stream keeps what the leaderboards are made of.

Never holds a rank or a board: those are made from documents.
Called by the scores slice, the projection and the audit.
"""

from actors.machines.messages.base import Count, Identity, Message, Part, Price, Quantity, Time
from actors.machines.messages.parts import Verdict
from actors.machines.messages.social_words import Audience, Detail
from actors.machines.messages.words import Side


class CountedTrade(Part):
    """One side of a trade that counts."""

    account_id: Identity
    side: Side
    price: Price
    quantity: Quantity


class TradesCounted(Message):
    """What an order that arrived traded, as far as it counts for members of this social stream."""

    market_id: Identity
    contract_id: Identity
    trades: tuple[CountedTrade, ...]


class MembersLinked(Message):
    """One of the two accepted a challenge of the other: from here on, trades between them don't count."""

    account_id: Identity
    other_id: Identity


class ScoringBegun(Message):
    """A market in which members of this social stream traded has a verdict, which waits for its turn.

    ``category``: of the market's event, now. ``time``: the verdict's.
    """

    market_id: Identity
    category: str
    verdict: Verdict
    time: Time


class Result(Part):
    """What a settled market comes to for a member, by the trades that count.

    ``profit`` is after commission, ``stake`` what was risked, both in 1/10^8 of a currency unit; ``volume``
    in units of quantity. ``brier``: sum over the trades of quantity times the square of how far the forecast
    was off, both in 1/20000 of certainty.
    """

    profit: int
    stake: Count
    volume: Count
    brier: Count


class Cell(Part):
    """A scope and a period of the leaderboards.

    ``scope``: exchange, category:{type}, event:{id} or market:{id}. ``period``: all, 2026-Q4, 2026-11 or
    2026-W47.
    """

    scope: str
    period: str


class Showing(Part):
    """To whom a member shows themselves on leaderboards, and on which: those that tell no more than this."""

    audience: Audience
    detail: Detail


class Streak(Part):
    """Markets won one after the other in one cell: now, and at most."""

    cell: Cell
    current: Count
    longest: Count


class MemberScored(Message):
    """A market's result for one member is another one now. ``None``: the market doesn't count (any more).

    ``time`` is that of the market's first verdict, and ``category`` the one it had then: they say which
    periods and scopes the result is of. ``streaks``: of all of them, anew; empty where the result is the
    member's newest, and so just follows.
    """

    account_id: Identity
    username: str
    market_id: Identity
    event_id: Identity
    category: str
    time: Time
    result: Result | None
    before: Result | None
    showing: Showing
    streaks: tuple[Streak, ...] = ()


class ShowingChanged(Message):
    """The member's own choice, from now on, for what is in these cells of theirs."""

    account_id: Identity
    showing: Showing
    cells: tuple[Cell, ...]


class PortionScored(Message):
    """So many more members are scored by the verdict whose turn it is."""

    market_id: Identity
    members: Count


class ContinueScoring(Message):
    """Posted by a social stream to itself: members are still to be scored."""


ScoreEvent = TradesCounted | MembersLinked | ScoringBegun | MemberScored | PortionScored | ShowingChanged
