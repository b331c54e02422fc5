"""Owns the answer to a search.

Never tells of a member what their profile does not.
Called by the declaration of the resource.
"""

from typing import Annotated, Literal, TypedDict

from msgspec import Meta

from resources.answers.activity import NamedThing
from resources.answers.general import Pagination
from resources.answers.values import Id, Username


class SearchResult(TypedDict):
    """A member, an event or a market that was found."""

    type: Literal["member", "event", "market"]
    id: Annotated[Id | None, Meta(description="Null of a member, who is known by their username.")]
    username: Username | None
    name: Annotated[str, Meta(examples=["Harbour Cup"])]
    event: Annotated[NamedThing | None, Meta(description="Of a market: the event that it is about.")]
    state: Annotated[str | None, Meta(description="Of an event or a market.")]
    path: Annotated[str, Meta(description="Where it is.", examples=["/v3/events/1/"])]


class SearchResults(TypedDict):
    """A page of what was found: those named by exactly such words before those named by longer ones."""

    results: list[SearchResult]
    pagination: Pagination
