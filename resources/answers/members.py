"""Owns the answers about members, their sessions and their money.

Never shows of others what is private.
Called by the declarations of resources.
"""

from typing import Annotated, Literal, TypedDict

from msgspec import Meta

from resources.answers.general import Pagination
from resources.answers.values import Id, Money, Time, Username


class Member(TypedDict):
    """A member's public profile."""

    username: Username
    display_name: str
    bio: str
    created_datetime: Time


class MemberAnswer(TypedDict):
    member: Member


class Session(TypedDict):
    """A session: its token, until when it is valid, and whose it is."""

    token: Annotated[
        str, Meta(description="To be sent with each request: `Authorization: Session-Token TOKEN`.")
    ]
    expires: Time
    account_id: Id


class Visitor(TypedDict):
    """Who is signed in, if anybody is."""

    username: Username | None


class Registered(Session):
    """A new member, signed in."""

    member: Member


class ApiKey(TypedDict):
    """An API key, without what it consists of: that is shown once, when it is made."""

    id: Id
    name: str
    scope: Annotated[Literal["read", "trade"], Meta(description="`trade` may read, too.")]
    created_datetime: Time
    expires: Time


class ApiKeyAnswer(TypedDict):
    api_key: ApiKey


class ApiKeys(TypedDict):
    """One's API keys that are neither revoked nor expired."""

    api_keys: list[ApiKey]


class NewApiKey(ApiKeyAnswer):
    """A new API key, with the key itself, which is shown this once."""

    key: Annotated[
        str,
        Meta(
            description="To be sent with each request: `Authorization: Bearer KEY`"
            " (`Session-Token KEY` does the same)."
        ),
    ]


class Account(TypedDict):
    """A member's money."""

    account_id: Id
    username: Username
    currency: Annotated[str, Meta(examples=["PLY"], description="PLY is play money.")]
    balance: Money
    available_balance: Annotated[Money, Meta(description="Balance minus exposure: what new risk may use.")]
    exposure: Annotated[
        Money, Meta(description="The largest loss that positions and open orders can come to.")
    ]


class AccountAnswer(TypedDict):
    account: Account


class Movement(TypedDict):
    """A movement of a member's money, with the balance after it."""

    id: Annotated[str, Meta(pattern=r"^[0-9]{1,27}\Z")]
    type: Literal["deposit", "withdrawal", "settlement", "commission"]
    amount: Money
    balance: Money
    market_id: Id | None
    created_datetime: Time


class Activity(TypedDict):
    """A page of the movements of one's own money."""

    activity: list[Movement]
    pagination: Pagination


class Amount(TypedDict):
    amount: Money


class Deposited(TypedDict):
    """A deposit, and the account after it."""

    deposit: Amount
    account: Account


class Withdrawn(TypedDict):
    """A withdrawal, and the account after it."""

    withdrawal: Amount
    account: Account
