"""Owns the shapes of what is said of markets, step by step.

Never says who trades.
Called by the declarations of resources.
"""

from typing import Annotated, Literal, NotRequired, TypedDict

from msgspec import Meta

from resources.answers.general import Pagination
from resources.answers.values import Id, Time


class NewsEntry(TypedDict):
    """A step in the life of a market."""

    id: Annotated[Id, Meta(description="Unique within the market, and in the order of what happened.")]
    market_id: Id
    type: Literal[
        "created",
        "auction",
        "opened",
        "halted",
        "in_play",
        "closed",
        "settled",
        "corrected",
        "voided",
        "contract_voided",
    ]
    reason: str | None
    winners: Annotated[
        list[Id], Meta(description="The contracts that won, or shared a place, once it is settled.")
    ]
    contract_id: NotRequired[
        Annotated[Id, Meta(description="The contract that was taken out of the market.")]
    ]
    created_datetime: Time


class News(TypedDict):
    """News of markets, newest first."""

    news: list[NewsEntry]
    pagination: Pagination
