"""Owns the writing of tables as CSV (RFC 4180), with cells that no spreadsheet takes for a formula.

Never chooses columns or rows.
Called by the representations of toolkit and by the resources that have tables of their own.

A spreadsheet carries out a cell that begins like a formula, and a name in a cell may be anybody's. Such a
text gets an apostrophe before it, by which spreadsheets know a text. Amounts are left as they are, negative
ones too.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias

Cell: TypeAlias = str | int | None
"""None is an empty cell; booleans are written as in JSON."""

CSV_TYPE: Final = "text/csv; charset=utf-8; header=present"

_FORMULA: Final = re.compile(r"[\t\r\n]|\s*[=+\-@\uff1d\uff0b\uff0d\uff20]")
_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?\Z")


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A table in UTF-8: a line of the columns' names, then a line for each row, which has a cell for each."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        assert len(row) == len(columns), f"{len(row)} cells for {len(columns)} columns"
        writer.writerow([written(cell) for cell in row])
    return text.getvalue().encode()


def written(cell: Cell) -> str:
    """What stands in a cell."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int):
        return str(cell)
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.match(cell) else cell
