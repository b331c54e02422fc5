"""Owns what a page is: its items, its cursor, how a ``sort`` is read, and what a bad one is told.

Never reads documents.
Called by the other modules of this package; resources know ``Page`` and ``QueryError``.
"""

import base64
import binascii
from collections.abc import Mapping
from typing import Annotated, Final, Generic, NamedTuple, TypeAlias, TypeVar

import msgspec

from actors.machines import limits

Item = TypeVar("Item")

Place: TypeAlias = tuple[str, ...]
"""Where an item stands in its list: what the list is sorted by, as the padded digits of the key."""

CURSOR_LENGTH_MAX: Final = 8_192


class QueryError(ValueError):
    """A parameter of a list is wrong: ``field`` names it, the message says what would be right."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


class Page(NamedTuple, Generic[Item]):
    """Items in order, and the cursor of what follows (None at the end).

    A page may be shorter than its limit and still have a cursor: filters that no view serves are
    looked for in a bounded number of documents at a time. Lists that can be read in both directions also
    give the cursor of what comes before (None at the beginning, and for all others).
    """

    items: list[Item]
    next_cursor: str | None
    previous_cursor: str | None = None


class Sort(NamedTuple):
    """One of a list's orders: its fields (the last one unique), all ascending or all descending."""

    fields: tuple[str, ...]
    descending: bool


def check_limit(limit: int) -> None:
    if not 1 <= limit <= limits.PAGE_LIMIT_MAX:
        raise QueryError("limit", f"from 1 to {limits.PAGE_LIMIT_MAX}")


def parse_sort(text: str | None, names: Mapping[str, str], orders: tuple[tuple[str, ...], ...]) -> Sort:
    """The order that ``text`` asks for (``"-start_datetime,id"``), or a ``QueryError`` that says why not.

    ``names`` maps every field that may be named to the field that sorts alike (``created`` sorts as
    ``id`` does where ids are given in order of creation). ``orders`` are the orders that the list has;
    the last field of each is unique, so that nothing asked after it matters.
    """
    asked: dict[str, bool] = {}
    for name in filter(None, (part.strip() for part in (text or "").split(","))):
        field = names.get(name.removeprefix("-"))
        if field is None:
            raise QueryError("sort", f"unknown field {name.removeprefix('-')!r}, not of {', '.join(names)}")
        asked.setdefault(field, name.startswith("-"))
    for order in orders:
        given = tuple(asked)[: len(order)]
        if given == order[: len(given)]:
            directions = {asked[field] for field in given}
            if len(directions) > 1:
                raise QueryError("sort", f"{', '.join(given)} go the same way: all or none with a minus sign")
            return Sort(order, directions == {True})
    raise QueryError("sort", f"this list sorts by {' or '.join(','.join(order) for order in orders)}")


class _Cursor(msgspec.Struct, array_like=True):
    order: str
    places: dict[str, tuple[Annotated[str, msgspec.Meta(pattern="^[0-9]{1,40}$")], ...]]


_decoder = msgspec.json.Decoder(_Cursor)


def encode_cursor(name: str, sort: Sort, places: Mapping[str, Place]) -> str:
    """An opaque text for ``places``: where the reader stands in each part of the list."""
    cursor = _Cursor(_order(name, sort), dict(places))
    return base64.urlsafe_b64encode(msgspec.json.encode(cursor)).decode().rstrip("=")


def decode_cursor(name: str, sort: Sort, cursor: str | None) -> dict[str, Place]:
    """The places of a cursor of this list in this order; ``QueryError`` for any other text."""
    if cursor is None:
        return {}
    if len(cursor) > CURSOR_LENGTH_MAX:
        raise QueryError("cursor", "not a cursor")
    try:
        decoded = _decoder.decode(base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True))
    except (binascii.Error, msgspec.DecodeError, ValueError) as error:
        raise QueryError("cursor", "not a cursor") from error
    if decoded.order != _order(name, sort):
        raise QueryError("cursor", "the cursor of another list or another sort")
    return decoded.places


def _order(name: str, sort: Sort) -> str:
    return f"{name}:{'-' if sort.descending else ''}{','.join(sort.fields)}"
