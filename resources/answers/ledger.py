"""Owns the answers about the ledger: what every account has in the exchange, in the ledger, in its document.

Never shown to anybody but staff.
Called by the declarations of resources.
"""

from typing import Annotated, TypedDict

from msgspec import Meta

from resources.answers.general import Pagination
from resources.answers.values import Money

Sequence = Annotated[int, Meta(ge=0, description="A record of the account's stream.", examples=[812])]


class ReconciledAccount(TypedDict):
    """An account, compared at one record of its stream. The house's accounts have no documents."""

    account: Annotated[
        str,
        Meta(
            pattern=r"^(account/[1-9][0-9]*|external|commission|clearing/[1-9][0-9]*)\Z",
            description="A member's account by its id, or one of the house's in this stream.",
            examples=["account/16"],
        ),
    ]
    stream: Annotated[str, Meta(pattern=r"^accounts-[0-9]{1,2}\Z")]
    sequence: Sequence
    balance: Annotated[Money, Meta(description="What its actor says, as of this record.")]
    ledger_balance: Annotated[Money, Meta(description="What is booked up to this record.")]
    document_sequence: Sequence | None
    document_balance: Money | None
    differences: Annotated[list[str], Meta(description="What differs, in sentences; empty if nothing does.")]


class Reconciliation(TypedDict):
    """Some of the accounts, and the ledger as a whole."""

    ok: Annotated[bool, Meta(description="Whether nothing differs here.")]
    ledger_total: Annotated[Money, Meta(description="The sum of everything that was ever booked: zero.")]
    transactions: Annotated[int, Meta(ge=0, description="How many there are in the whole ledger.")]
    accounts: list[ReconciledAccount]


class ReconciliationAnswer(TypedDict):
    """A page of accounts: the house's first, then the members' by id."""

    reconciliation: Reconciliation
    pagination: Pagination
