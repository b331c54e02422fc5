"""Owns how a benchmark is shown: a table for people, then each row as a JSON line for machines.

Never measures and never judges.
Called by every benchmark.
"""

import json
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

Figure = str | int | float
Row = dict[str, Figure]
"""Column -> figure; floats are shown with three digits that count. The columns are the first row's."""


def print_table(title: str, rows: Sequence[Row]) -> None:
    """Prints the rows as a table, and each as ``{"bench": title, column: figure...}`` on a line."""
    columns = list(rows[0])
    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column, justify="left" if isinstance(rows[0][column], str) else "right")
    for row in rows:
        table.add_row(*(shown(row[column]) for column in columns))
    Console().print(table)
    for row in rows:
        print(json.dumps({"bench": title, **row}))


def shown(figure: Figure) -> str:
    """A figure for people: 1234567 is 1,234,567; 0.01234 is 0.0123."""
    if isinstance(figure, str):
        return figure
    if isinstance(figure, int) or abs(figure) >= 100:
        return f"{figure:,.0f}"
    return f"{figure:.3g}"
