"""Owns what the queries need of a document store: documents by id, rows of a view, a range of ids.

Never implements it.
Called by the other modules of this package; ``couch_views.client.Documents`` is one.
"""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from couch_views.json_values import Json, JsonObject


class Row(NamedTuple):
    """One row of a view."""

    id: str
    key: Json
    value: Json


class Reads(Protocol):
    """Reads of a document store. All raise what the store raises when it can't be reached."""

    def get(self, identity: str) -> JsonObject | None:
        """The document, or None."""

    def get_many(self, identities: Sequence[str]) -> list[JsonObject | None]:
        """The documents in the order asked, None where there is none; one call to the store."""

    def view(
        self, design: str, view: str, *, start: Json, end: Json, descending: bool = False, limit: int
    ) -> list[Row]:
        """Up to ``limit`` rows from key ``start`` to key ``end`` (both inclusive) in that direction."""

    def views(
        self,
        design: str,
        view: str,
        ranges: Sequence[tuple[Json, Json]],
        *,
        descending: bool = False,
        limit: int,
    ) -> list[list[Row]]:
        """The same of each of several ranges (first key, last key), in their order; one call to the store."""

    def reduce(
        self, design: str, view: str, *, start: Json, end: Json, group_level: int = 0
    ) -> Sequence[tuple[Json, Json]]:
        """The view's reduce of the rows from key ``start`` to key ``end`` (both inclusive).

        Key and value of one group, or of one for each beginning of ``group_level`` parts.
        """

    def identities(self, *, start: str, end: str, descending: bool = False, limit: int) -> list[str]:
        """Up to ``limit`` ids of documents from ``start`` to ``end`` (both inclusive) in that direction."""
