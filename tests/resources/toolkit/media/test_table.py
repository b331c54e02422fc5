"""Owns the tests of the representation as a table of text.

Never tests how cells are written.
Called by pytest.
"""

from collections.abc import Iterator

from resources.toolkit.csv_text import CSV_TYPE, Cell
from resources.toolkit.media.table import Table
from resources.toolkit.view import View
from tests.resources.toolkit.views import view


def rows(seen: View) -> Iterator[list[Cell]]:
    things = seen.content["things"]
    assert isinstance(things, list)
    for thing in things:
        yield [thing, len(thing)]


def test_a_row_for_each() -> None:
    table = Table(("name", "length"), rows)
    assert table.render(view({"things": ["a", "b,c"]})) == b'name,length\r\na,1\r\n"b,c",3\r\n'
    assert (table.name, table.media_type) == ("csv", CSV_TYPE)
