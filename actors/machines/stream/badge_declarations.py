"""Owns the badges: what each is called, what earns it, in which levels. Data, and nothing else.

Never counts, and never knows a member.
Called by the badges slice, the rebuild of badges and the resources.

To add one is an entry in ``BADGES``; ``make badges`` then counts the past for it. Whoever changes what a rule
counts raises the badge's version, and does the same.
"""

from collections.abc import Mapping
from typing import Final

from actors.machines.messages.activity import CommentContent, Entry
from actors.machines.messages.badges import BadgeKey
from actors.machines.messages.notifications import FollowerGained
from actors.machines.messages.social_words import Detail
from actors.machines.messages.trading_entries import FillContent, SettlementContent
from actors.machines.messages.words import Side
from actors.machines.stream.badge_rules import Badge, Distinct, Level, Marked, Streak, Sum
from actors.machines.stream.known import Known

LONG_SHOT_PRICE: Final = 1_000
"""What is bought below this price, in ticks, is bought against the odds."""
_PAYOUT: Final = 10_000
"""A quantity that pays one currency unit."""


# What an entry is worth. Entries of another kind are never asked about.


def _one(_entry: Entry, _known: Known) -> int:
    return 1


def _follower(entry: Entry, _known: Known) -> BadgeKey:
    return entry.account_id


def _market(entry: Entry, _known: Known) -> BadgeKey:
    return entry.market_id


def _category(entry: Entry, known: Known) -> BadgeKey | None:
    return known.categories.get(entry.event_id) or None


def _as_maker(entry: Entry, _known: Known) -> int:
    assert isinstance(entry.content, FillContent)
    return int(entry.content.maker and not entry.content.challenge_id)


def _quantity(entry: Entry, _known: Known) -> int:
    assert isinstance(entry.content, FillContent)
    return entry.content.quantity


def _challenge(entry: Entry, _known: Known) -> BadgeKey | None:
    assert isinstance(entry.content, FillContent)
    return entry.content.challenge_id or None


def _market_of_challenge(entry: Entry, _known: Known) -> BadgeKey | None:
    assert isinstance(entry.content, FillContent)
    return entry.market_id if entry.content.challenge_id else None


def _market_of_long_shot(entry: Entry, _known: Known) -> BadgeKey | None:
    assert isinstance(entry.content, FillContent)
    fill = entry.content
    cheap = fill.side is Side.BUY and fill.value < LONG_SHOT_PRICE * fill.quantity
    return entry.market_id if cheap else None


def _settled_market(entry: Entry, _known: Known) -> BadgeKey | None:
    """By the first verdict: a correction gives nobody a second chance, and takes nothing away."""
    assert isinstance(entry.content, SettlementContent)
    return entry.market_id if entry.content.version == 1 else None


def _won(entry: Entry, _known: Known) -> int:
    assert isinstance(entry.content, SettlementContent)
    return int(entry.content.version == 1 and entry.content.outcome == "won")


def _won_or_lost(entry: Entry, _known: Known) -> bool | None:
    assert isinstance(entry.content, SettlementContent)
    if entry.content.version > 1 or entry.content.outcome not in {"won", "lost"}:
        return None
    return entry.content.outcome == "won"


BADGES: Final[tuple[Badge, ...]] = (
    Badge(
        "trader",
        1,
        "Trader",
        "Traded: every order that is executed counts, once each time that it is.",
        Sum({FillContent: _one}),
        (Level(1, "First trade"), Level(10, "Regular"), Level(100, "Busy"), Level(1_000, "Tireless")),
    ),
    Badge(
        "explorer",
        1,
        "Explorer",
        "Traded in different markets.",
        Distinct({FillContent: _market}),
        (Level(3, "Curious"), Level(10, "Travelled"), Level(50, "Pathfinder"), Level(250, "Cartographer")),
    ),
    Badge(
        "all-rounder",
        1,
        "All-rounder",
        "Traded in events of different types.",
        Distinct({FillContent: _category}),
        (Level(2, "Two fields"), Level(4, "Four fields"), Level(8, "Eight fields")),
    ),
    Badge(
        "market-maker",
        1,
        "Market maker",
        "Had orders in the book that others traded with.",
        Sum({FillContent: _as_maker}),
        (Level(1, "First quote"), Level(50, "Quoting"), Level(500, "Liquid"), Level(5_000, "Deep")),
    ),
    Badge(
        "heavyweight",
        1,
        "Heavyweight",
        "Traded contracts that pay out so much in all, if they win.",
        Sum({FillContent: _quantity}),
        (
            Level(100 * _PAYOUT, "A hundred"),
            Level(1_000 * _PAYOUT, "A thousand"),
            Level(10_000 * _PAYOUT, "Ten thousand"),
            Level(100_000 * _PAYOUT, "A hundred thousand"),
        ),
        tells=Detail.AMOUNT,
    ),
    Badge(
        "winner",
        1,
        "Winner",
        "Came out of a market with a gain when it was settled.",
        Sum({SettlementContent: _won}),
        (Level(1, "First win"), Level(10, "Ten wins"), Level(50, "Fifty wins"), Level(250, "Oracle")),
        tells=Detail.SIDE,
    ),
    Badge(
        "winning-streak",
        1,
        "On a roll",
        "Won in settled markets one after the other, without losing in one between them.",
        Streak({SettlementContent: _won_or_lost}),
        (Level(3, "Three in a row"), Level(5, "Five in a row"), Level(10, "Ten in a row")),
        tells=Detail.SIDE,
    ),
    Badge(
        "long-shot",
        1,
        "Against the odds",
        "Bought a contract below 10 %, and came out of its market with a gain.",
        Marked({FillContent: _market_of_long_shot}, {SettlementContent: _settled_market}, _won),
        (Level(1, "Believer"), Level(5, "Contrarian"), Level(25, "Prophet")),
        tells=Detail.PRICE,
    ),
    Badge(
        "duellist",
        1,
        "Duellist",
        "Traded by challenges, one's own or others'.",
        Distinct({FillContent: _challenge}),
        (Level(1, "First duel"), Level(10, "Seconded"), Level(50, "Undaunted")),
    ),
    Badge(
        "duel-winner",
        1,
        "Satisfaction",
        "Came out of a market with a gain in which one had traded by a challenge.",
        Marked({FillContent: _market_of_challenge}, {SettlementContent: _settled_market}, _won),
        (Level(1, "First blood"), Level(5, "Feared"), Level(25, "Legend")),
        tells=Detail.SIDE,
    ),
    Badge(
        "followed",
        1,
        "Followed",
        "Others follow: different members, whether they still do or not.",
        Distinct({FollowerGained: _follower}),
        (Level(1, "First follower"), Level(10, "Heard"), Level(100, "Known"), Level(1_000, "Famous")),
    ),
    Badge(
        "commentator",
        1,
        "Commentator",
        "Commented on markets.",
        Sum({CommentContent: _one}),
        (Level(1, "First word"), Level(10, "Talkative"), Level(100, "Columnist")),
    ),
)

BY_NAME: Final[Mapping[str, Badge]] = {badge.name: badge for badge in BADGES}

assert len(BY_NAME) == len(BADGES)
