"""Owns the tests of the representation as a table of text.

Never tests how cells are written.
Called by pytest.
"""

from collections.abc import Iterator

from resources.toolkit.csv_text import CSV_TYPE, Cell
from resources.toolkit.media.table import Table, table_of
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


def test_the_table_of_a_list_has_the_named_fields_of_each_thing() -> None:
    things = [{"id": "1", "name": "Gulls", "more": 5}, {"id": "2", "name": None, "more": 6}]
    table = table_of("things", ("name", "id"))
    assert table.render(view({"things": things})) == b"name,id\r\nGulls,1\r\n,2\r\n"
    assert table.render(view({"things": []})) == b"name,id\r\n"
