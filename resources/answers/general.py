"""Owns the answers that are about no one thing: problems, pages, the home, the exchange's state.

Never says which problems there are: the toolkit and the resources do.
Called by the declarations of resources.
"""

from typing import Annotated, NotRequired, TypedDict

from msgspec import Meta

from actors.machines.messages.words import ExchangeState
from resources.answers.values import LastPage, NextPage, PreviousPage, Time


class FieldProblem(TypedDict):
    """What is wrong with one field of what was sent."""

    field: Annotated[
        str,
        Meta(description="The field as it was written, with its place.", examples=["contracts[0].name"]),
    ]
    message: str


class Problem(TypedDict):
    """A problem document (RFC 9457): what was refused, and why. What is refused changes nothing."""

    type: Annotated[
        str,
        Meta(
            description="What kind of problem it is, as a URI.",
            examples=["urn:credence:problem:insufficient-funds"],
        ),
    ]
    title: str
    status: Annotated[int, Meta(ge=400, le=599, description="The status of HTTP.")]
    detail: str
    error_type: Annotated[
        str,
        Meta(
            pattern=r"^[A-Z_]+\Z",
            description="What kind of problem it is, as a word.",
            examples=["INSUFFICIENT_FUNDS"],
        ),
    ]
    errors: NotRequired[list[FieldProblem]]


class Pagination(TypedDict):
    """Where a list goes on."""

    next_page: NextPage | None


class PaginationBothWays(Pagination):
    """Where a list goes on, where it came from, and where it ends."""

    previous_page: PreviousPage | None
    last_page: LastPage | None


class Home(TypedDict):
    """The home of the API."""

    name: str
    links: Annotated[dict[str, str], Meta(description="What there is, and its path.")]


class ExchangeStateShown(TypedDict):
    """Whether there is any trading. A switch that was never moved has neither a reason nor a time."""

    state: ExchangeState
    reason: NotRequired[str]
    last_modified_datetime: NotRequired[Time]
