"""Owns the representation as a table of text (CSV).

Never decides which columns there are: the resource says so.
Called by resources, which declare tables.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import cast

import msgspec

from resources.toolkit.csv_text import CSV_TYPE, Cell, csv_text
from resources.toolkit.view import View


class Table(msgspec.Struct, frozen=True):
    """The table with these columns, and a row of cells for each that ``rows`` finds in a view."""

    columns: Sequence[str]
    rows: Callable[[View], Iterable[Sequence[Cell]]]
    name: str = "csv"
    media_type: str = CSV_TYPE
    title: str = "CSV"
    personal: bool = False

    def render(self, view: View) -> bytes:
        return csv_text(self.columns, self.rows(view))


def table_of(name: str, columns: Sequence[str]) -> Table:
    """The table of the list that the content has by this name: these fields of each thing in it."""

    def rows(view: View) -> Iterator[Sequence[Cell]]:
        for each in cast("Iterable[Mapping[str, Cell]]", view.content[name]):
            yield [each[column] for column in columns]

    return Table(columns, rows)
