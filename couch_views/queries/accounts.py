"""Owns the reads of members and their accounts: profile, money, positions, statement.

Never shows one member another's account: every private read is given the account.
Called by resources.
"""

from collections.abc import Sequence
from typing import Final, cast

from actors.machines import limits
from couch_views.classes import DocumentClass
from couch_views.queries.lists import IdRange, Listing
from couch_views.queries.pages import Page, Sort, parse_sort
from couch_views.queries.reading import Reads
from couch_views.shapes import (
    ID_DIGITS,
    AccountDocument,
    CheckpointDocument,
    MemberDocument,
    PositionDocument,
    StatementDocument,
    checkpoint_document_id,
    document_id,
    member_document_id,
)

_STATEMENT_NAMES: Final = {"id": "id", "created": "id", "created_datetime": "id"}
_STATEMENT_ORDERS: Final = (("id",),)


def account(documents: Reads, account_id: int) -> AccountDocument | None:
    """The account's money; None if it is unknown here (yet)."""
    return cast("AccountDocument | None", documents.get(document_id("account", account_id)))


def member(documents: Reads, username: str) -> MemberDocument | None:
    """The public profile; None if there is no such member (yet)."""
    return cast("MemberDocument | None", documents.get(member_document_id(username)))


def account_id_of(documents: Reads, username: str) -> int | None:
    """The account of a member; None if there is no such member (yet)."""
    found = member(documents, username)
    return None if found is None else int(found["account_id"])


def positions(
    documents: Reads,
    account_id: int,
    limit: int = limits.PAGE_LIMIT_MAX,
    cursor: str | None = None,
) -> Page[PositionDocument]:
    """What the member holds, one document for each market, newest market first, settled ones included."""
    held = IdRange(document_id("position", account_id), ID_DIGITS)
    return Listing("positions", [held], Sort(("market_id",), descending=True)).page(documents, limit, cursor)


def statement(
    documents: Reads,
    account_id: int,
    sort: str | None = None,
    limit: int = limits.PAGE_LIMIT_DEFAULT,
    cursor: str | None = None,
) -> Page[StatementDocument]:
    """Every movement of the account's money in order; ``sort=-id`` (or ``-created``): newest first."""
    order = parse_sort(sort, _STATEMENT_NAMES, _STATEMENT_ORDERS)
    movements = IdRange(document_id("statement", account_id), 2 * ID_DIGITS)
    return Listing("statement", [movements], order).page(documents, limit, cursor)


def reached(
    documents: Reads, streams: Sequence[str], of: DocumentClass = DocumentClass.CURRENT
) -> dict[str, int]:
    """How far the documents of a class (and of those before it) have come.

    Stream -> sequence of the last record that all of them reflect.
    """
    return _reached(documents, streams, (of,))[of]


def all_reached(documents: Reads, streams: Sequence[str]) -> dict[DocumentClass, dict[str, int]]:
    """How far each class has come, read together."""
    return _reached(documents, streams, tuple(DocumentClass))


def _reached(
    documents: Reads, streams: Sequence[str], which: Sequence[DocumentClass]
) -> dict[DocumentClass, dict[str, int]]:
    wanted = [checkpoint_document_id(stream, of) for of in which for stream in streams]
    sequences = iter(
        [
            0 if checkpoint is None else cast("CheckpointDocument", checkpoint)["sequence"]
            for checkpoint in documents.get_many(wanted)
        ]
    )
    return {of: {stream: next(sequences) for stream in streams} for of in which}
