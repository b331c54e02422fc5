"""Owns the answers about leaderboards: which there are, and who stands where.

Never says who is shown: the filter does.
Called by the declarations of resources.
"""

from typing import Annotated, Literal, TypedDict

from msgspec import Meta

from resources.answers.general import Pagination
from resources.answers.values import Username

Unit = Annotated[
    Literal["money", "ratio", "quantity", "brier", "markets"],
    Meta(
        description="What values are: money in currency units; profit for each unit risked; quantity in its "
        "units; a Brier score from 0 (certain and right) to 1; a number of markets."
    ),
]
Scope = Annotated[
    str,
    Meta(
        description="`exchange`, `category:` and a type of events, `event:` or `market:` and an id.",
        examples=["exchange", "category:sailing", "event:12", "market:5"],
    ),
]
Period = Literal["all", "season", "month", "week"]


class BoardDescribed(TypedDict):
    """A leaderboard, and what it is about."""

    board: str
    title: str
    description: str
    unit: Unit
    scopes: list[str]
    periods: list[Period]
    detail: Annotated[
        Literal["price", "amount", "profit"],
        Meta(description="What a member's privacy setting `leaderboards` must allow for them to be on it."),
    ]


class Leaderboards(TypedDict):
    """All leaderboards, and the rule of what counts."""

    rule: list[str]
    leaderboards: list[BoardDescribed]


class BoardShown(TypedDict):
    """Which board of which scope and period is shown; ``of`` is the period's own name, null for all time."""

    board: str
    title: str
    description: str
    unit: Unit
    scope: Scope
    period: Period
    of: Annotated[str | None, Meta(examples=["2026-W47"])]
    among: Literal["following"] | None


class Standing(TypedDict):
    """Where a member stands. Who is as good as another has the same rank."""

    rank: Annotated[int, Meta(ge=1)]
    username: Username
    value: Annotated[str, Meta(description="In the board's unit, a decimal.", examples=["12.50"])]
    settled_markets: Annotated[int, Meta(ge=1)]
    current_streak: Annotated[int | None, Meta(description="On the board of streaks: the one that lasts.")]


class Leaderboard(TypedDict):
    """Who stands where, the best first, of those who let it be seen."""

    leaderboard: BoardShown
    standings: list[Standing]
    sequences: Annotated[
        dict[str, int], Meta(description="By social stream: the last record that all of this reflects.")
    ]
    pagination: Pagination
