"""Owns the cases of CSV: lines as RFC 4180 has them, and cells that can't be formulas.

Never tests which tables there are.
Called by pytest.
"""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.toolkit.csv_text import Cell, csv_text, written


def test_a_table_is_lines_of_cells_that_end_as_the_standard_says() -> None:
    rows: list[list[Cell]] = [["1", "Gulls", 4_900], ["2", None, 0], ["3", 'a "b", c', -1]]
    assert csv_text(["id", "name", "price"], rows) == (
        b'id,name,price\r\n1,Gulls,4900\r\n2,,0\r\n3,"a ""b"", c",-1\r\n'
    )


def test_a_table_without_rows_still_names_its_columns() -> None:
    assert csv_text(["id", "name"], []) == b"id,name\r\n"


def test_a_row_has_a_cell_for_each_column() -> None:
    with pytest.raises(AssertionError, match="1 cells for 2 columns"):
        csv_text(["id", "name"], [["1"]])


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+1+1", "'+1+1"),
        ("-1+1", "'-1+1"),
        ("@SUM(1)", "'@SUM(1)"),
        ("  =1", "'  =1"),
        ("\t=1", "'\t=1"),
        ("\r1", "'\r1"),
        ("\n1", "'\n1"),
        ("\uff1d1", "'\uff1d1"),
        ("-", "'-"),
        ("-5.00\n", "'-5.00\n"),
        ("+5", "'+5"),
        ("-5.00", "-5.00"),
        ("-5", "-5"),
        ("1e5", "1e5"),
        ("a=b", "a=b"),
        ("Gulls", "Gulls"),
        ("'=1", "'=1"),
        ("", ""),
        (None, ""),
        (True, "true"),
        (False, "false"),
        (-7, "-7"),
    ],
)
def test_what_would_be_a_formula_is_made_a_text(cell: Cell, shown: str) -> None:
    assert written(cell) == shown


cells = st.none() | st.integers() | st.text()


@given(st.lists(st.tuples(cells, cells), max_size=5))
def test_what_is_written_is_read_again(rows: list[tuple[Cell, Cell]]) -> None:
    text = csv_text(["one", "two"], rows).decode()
    read = list(csv.reader(io.StringIO(text, newline="")))
    assert read == [["one", "two"], *([written(cell) for cell in row] for row in rows)]
    assert not [cell for row in read for cell in row if cell[:1] in set("=+@\t\r")]
