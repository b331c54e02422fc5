"""Owns the test of the resource that ARCHITECTURE.md shows: it is short, and has all that is said of it.

Never knows the resource: it reads it from the document.
Called by pytest.
"""

import re
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import fromstring

import feedparser
import pytest
from falcon import testing

from resources.freshness import LastWrites
from resources.reading import Reader
from resources.toolkit.admission import Gates
from resources.toolkit.falcon_host import host
from tests.resources.toolkit.things import responder
from tests.resources.world import World

ROOT: Final = Path(__file__).resolve().parents[3]
LINES_MAX: Final = 40


def example() -> str:
    text = (ROOT / "ARCHITECTURE.md").read_text().split("### A resource, whole")[1]
    match = re.search(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert match is not None
    return match[1]


def test_it_is_short() -> None:
    assert len(example().splitlines()) < LINES_MAX


def test_it_has_all_three_representations(world: World) -> None:
    market = world.market()
    names: dict[str, Any] = {"NOW": "2026-01-01T00:00:00Z"}
    exec(example(), names)  # noqa: S102 (the document's own example)
    reader = Reader(world.documents, world.exchange.gateway.streams.names, LastWrites())
    resource = names["Volumes"](reader)
    answering = responder(lambda error: pytest.fail(repr(error)), more=(resource,))
    client = testing.TestClient(host([resource], answering, Gates()))
    path = f"/v3/markets/{market['id']}/volumes/"
    assert client.simulate_get(path).json == {"volumes": [{"market_id": market["id"], "volume": 0}]}
    page = client.simulate_get(path, headers={"Accept": "text/html"})
    assert fromstring(page.text).tag.endswith("html")  # noqa: S314 (our own)
    feed = feedparser.parse(client.simulate_get(path, headers={"Accept": "application/atom+xml"}).content)
    assert (feed.bozo, feed.entries[0].title) == (False, f"Market {market['id']}")
    assert client.simulate_get("/v3/markets/99/volumes/").status_code == 404
    assert client.simulate_post(path).status_code == 405
