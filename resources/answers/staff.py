"""Owns the answers for staff: who holds which roles, and what was done, by whom and why.

Never shows what anybody signs in by.
Called by the declarations of resources.
"""

from typing import Annotated, Literal, TypedDict

from msgspec import Meta

from resources.answers.general import Pagination
from resources.answers.values import Time, Username


class Roles(TypedDict):
    """What a member may do beyond trading."""

    username: Username
    staff: Annotated[bool, Meta(description="Staff from the first start on, who holds every role.")]
    roles: Annotated[
        list[Literal["operator", "treasurer", "admin"]],
        Meta(
            description="Those that were granted: `operator` runs events and markets, `treasurer` moves"
            " money, `admin` does all that, and grants roles."
        ),
    ]


class Action(TypedDict):
    """What a member of staff asked for, and what came of it."""

    id: Annotated[str, Meta(pattern=r"^[0-9]{1,20}\Z")]
    username: Username | None
    action: Literal[
        "create-event",
        "change-event",
        "create-market",
        "change-market-state",
        "turn-in-play",
        "settle-market",
        "void-contract",
        "change-exchange-state",
        "change-roles",
        "deposit",
        "withdrawal",
        "hide-comment",
        "show-comment",
    ]
    details: Annotated[
        dict[str, str],
        Meta(description="What it is about.", examples=[{"market_id": "7", "state": "halted"}]),
    ]
    reason: str
    outcome: Annotated[
        Literal["done", "refused"] | None, Meta(description="Null while nothing is known yet.")
    ]
    refusal: Annotated[str | None, Meta(description="Why it was refused.")]
    created_datetime: Time


class Actions(TypedDict):
    """A page of what staff did, newest first."""

    actions: list[Action]
    pagination: Pagination
