"""Owns the table of what a market's life makes of its news.

Never tests the market's own document.
Called by pytest.
"""

from typing import cast

import pytest

from actors.machines.messages.events import (
    Event,
    MarketClosed,
    MarketHalted,
    MarketOpened,
    MarketSettled,
    MarketTurnedInPlay,
)
from actors.machines.messages.parts import Verdict
from couch_views.shapes import Document, NewsDocument
from tests.couch_views.projection.records import at, market_created, project


def news_of(documents: dict[str, Document]) -> list[NewsDocument]:
    found = [cast("NewsDocument", each) for each in documents.values() if each["kind"] == "news"]
    return sorted(found, key=lambda each: each["_id"])


def verdict(version: int, *winners: int, void: bool = False) -> MarketSettled:
    return MarketSettled(7, Verdict(version, winners, void), f"reason {version}", 16, 1, 0)


@pytest.mark.parametrize(
    ("event", "name", "reason", "winners"),
    [
        (MarketOpened(7), "opened", None, []),
        (MarketHalted(7), "halted", None, []),
        (MarketTurnedInPlay(7), "in_play", None, []),
        (MarketHalted(7, "a fire"), "halted", "a fire", []),
        (MarketClosed(7), "closed", None, []),
        (verdict(1, 10), "settled", "reason 1", ["10"]),
        (verdict(2, 9, 10), "corrected", "reason 2", ["9", "10"]),
        (verdict(1, void=True), "voided", "reason 1", []),
    ],
)
def test_each_step_is_news(event: Event, name: str, reason: str | None, winners: list[str]) -> None:
    _, found = news_of(project([market_created()], [event], stream="markets-1"))
    assert found == {
        "_id": "news000000000000000000070000000000000000000200000000000000000000",
        "kind": "news",
        "stream": "markets-1",
        "sequence": 2,
        "id": "20000000",
        "market_id": "7",
        "type": name,
        "reason": reason,
        "winners": winners,
        "created_datetime": at(2),
    }


def test_several_steps_in_one_record_are_news_of_their_own() -> None:
    documents = project([market_created()], [MarketOpened(7), MarketHalted(7), MarketClosed(7)])
    assert [(each["id"], each["type"]) for each in news_of(documents)] == [
        ("10000000", "created"),
        ("20000000", "opened"),
        ("20000001", "halted"),
        ("20000002", "closed"),
    ]
