"""Owns the tests of how templates show values.

Never tests a template.
Called by pytest.
"""

import pytest

from resources.toolkit.media.page_filters import columns, ident, is_list, label, means, meant
from resources.toolkit.view import Form


def test_a_name_is_read_as_words() -> None:
    assert label("last_executed_price") == "Last executed price"
    assert label("id") == "Id"
    assert label("last_modified_datetime") == "Last modified"


def test_columns_are_those_of_all_rows() -> None:
    assert columns([{"a": 1, "b": 2}, {"b": 3, "c": 4}]) == ["a", "b", "c"]
    assert columns([]) == []
    assert columns([{"a": 1}, "text"]) == []


@pytest.mark.parametrize(
    ("value", "expected"), [([], True), ((1,), True), ("text", False), ({}, False), (1, False)]
)
def test_what_is_a_list(value: object, expected: bool) -> None:
    assert is_list(value) is expected


def test_a_form_is_found_by_what_it_means() -> None:
    place = Form("/things/?back=/", "post", "Place", {"token": "t"}, ())
    cancel = Form("/things/", "post", "Cancel", {"_method": "DELETE"}, ())
    look = Form("/things/", "get", "Show", {}, ())
    assert [means(form) for form in (place, cancel, look)] == ["POST", "DELETE", "GET"]
    assert meant((place, cancel, look), "/things/", "POST") == [place]
    assert meant((place, cancel, look), "/things/", "DELETE") == [cancel]
    assert meant((place, cancel, look), "/others/", "POST") == []


def test_a_name_of_an_element_is_plain() -> None:
    assert ident("POST/v3/markets/-contracts[0].name") == "POST-v3-markets-contracts-0-name"
