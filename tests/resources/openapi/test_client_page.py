"""Owns the tests of the page for authors of clients: complete, small, well-formed.

Never runs its examples: tests/test_client_page.py does, against a running exchange.
Called by pytest.
"""

import re
from xml.etree import ElementTree as ET

import pytest

from resources.openapi.client_page import as_html
from tests.resources.world import World

BYTES_MAX = 12_000
"""What is pasted into a chat is to leave room for an answer."""


@pytest.fixture
def text(world: World) -> str:
    return world.anyone.get("/v3/docs/client/").text


def test_the_page_is_complete_and_small(text: str) -> None:
    assert len(text.encode()) < BYTES_MAX
    assert re.findall(r"@[A-Z]\w+( \w+)?@", text) == []


@pytest.mark.parametrize(
    "line",
    [
        "- `market_id`: an id or the same as an integer",
        "- `side`: `buy`, `sell`",
        "- `price` (may be left out): an integer, 1 to 9999",
        "- `reference_id` (may be left out): a text of up to 64 characters or an integer",
        "What it is: `pending`, `created`, `partial`",
        "It is good for 14 days",
        "`limit` is up to 1000",
        "`INSUFFICIENT_FUNDS`",
    ],
)
def test_what_can_be_generated_is(text: str, line: str) -> None:
    assert line in text


def test_as_a_page_it_is_well_formed_and_has_one_heading(world: World, text: str) -> None:
    page = world.anyone.get("/v3/docs/client/", Accept="application/xhtml+xml")
    tree = ET.fromstring(page.content)  # noqa: S314 (a page of ours)
    headings = [each.text for each in tree.iter("{http://www.w3.org/1999/xhtml}h1")]
    assert headings == ["Write a client in ten minutes"]
    assert text.startswith("# Write a client in ten minutes\n")


def test_code_is_escaped() -> None:
    assert as_html("# A\n\n`<b>` & `&`") == "<p><code>&lt;b&gt;</code> &amp; <code>&amp;</code></p>\n"
