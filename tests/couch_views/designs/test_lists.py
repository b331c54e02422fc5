"""Owns the tables of what the map functions of the design ``lists`` emit, and what they pass over.

Never runs a query.
Called by pytest.
"""

from collections.abc import Mapping
from typing import Final

import pytest

from couch_views.json_values import Json
from couch_views.queries.keys import key_digits, key_text
from tests.couch_views import shelf as documents
from tests.couch_views.shelf import Shelf

VIEWS: Final = (
    "challenges",
    "comments",
    "entries",
    "events",
    "fills",
    "markets",
    "news",
    "orders",
    "reports",
)
NUMBER_1, NUMBER_2, NUMBER_3, NUMBER_16 = (key_digits(number) for number in (1, 2, 3, 16))


def emitted(document: Mapping[str, object]) -> dict[str, list[Json]]:
    """The keys of each view that the document is in."""
    shelf = Shelf()
    shelf.put(document)
    keys = {view: [row.key for row in shelf.view("lists", view)] for view in VIEWS}
    return {view: found for view, found in keys.items() if found}


def test_an_order_is_listed_by_everything_it_is_filtered_by() -> None:
    order = documents.order(3, "partial", 16, 1, 2, "Zo\u00eb \U0001f600")
    assert emitted(order) == {
        "orders": [
            [NUMBER_16, "all", "0", NUMBER_3],
            [NUMBER_16, "contract", NUMBER_2 + "partial", NUMBER_3],
            [NUMBER_16, "market", NUMBER_1 + "partial", NUMBER_3],
            [NUMBER_16, "reference", key_text("Zo\u00eb \U0001f600"), NUMBER_3],
            [NUMBER_16, "state", "partial", NUMBER_3],
        ]
    }


def test_an_order_without_a_reference_has_a_row_less() -> None:
    keys = emitted(documents.order(3))["orders"]
    assert [key[1] for key in keys if isinstance(key, list)] == ["all", "contract", "market", "state"]


def test_a_challenge_is_listed_for_both_by_role_and_state() -> None:
    challenge = documents.challenge_document(3, "offered", 16, 2)
    time = "19700101000000000000"
    assert emitted(challenge) == {
        "challenges": [
            [who, role, state, time, NUMBER_3]
            for who, its in ((NUMBER_2, "opponent"), (NUMBER_16, "challenger"))
            for role in ("0", its)
            for state in ("0", "offered")
        ]
    }


def test_who_accepted_by_the_link_is_the_opponent() -> None:
    challenges = emitted(documents.challenge_document(3, "accepted", 16, None, 2))["challenges"]
    assert [NUMBER_2, "opponent", "accepted", "19700101000000000000", NUMBER_3] in challenges
    assert len(emitted(documents.challenge_document(3, "offered", 16, None))["challenges"]) == 4


def test_an_event_is_listed_by_id_and_by_start() -> None:
    start, name = "19700101000007000000", key_text("sport")
    assert emitted(documents.event(3, "live", "sport", 7)) == {
        "events": [
            [by, state, kind, "0" if by == "id" else start, NUMBER_3]
            for by in ("id", "start")
            for state in ("0", "live")
            for kind in ("0", name)
        ]
    }


def test_news_is_listed_by_time_in_its_market_and_in_all() -> None:
    news = {"_id": "news1", "kind": "news", "id": "20000001", "market_id": "3"}
    created, identity = "20261005000000000001", "20000001".rjust(30, "0")
    assert emitted({**news, "created_datetime": "2026-10-05T00:00:00.000001Z"}) == {
        "news": [["0", created, NUMBER_3, identity], [NUMBER_3, created, NUMBER_3, identity]]
    }
    assert emitted(news) == {}


def test_an_entry_is_listed_by_time_in_each_stream_that_it_stands_in() -> None:
    entry = documents.entry(3, "member/16", "exchange", at=7)
    assert emitted(entry) == {
        "entries": [
            ["exchange", "19700101000007000000", NUMBER_3],
            ["member" + NUMBER_16, "19700101000007000000", NUMBER_3],
        ]
    }


def test_a_place_of_another_type_is_passed_over() -> None:
    assert emitted({**documents.entry(3, "exchange"), "places": [None, {}]}) == {}


def test_a_market_is_listed_by_id_and_within_its_event() -> None:
    order = key_digits(16)
    assert emitted(documents.market(3, 2, "open", 16)) == {
        "markets": [
            ["event", "0", NUMBER_2, order, NUMBER_3],
            ["event", "open", NUMBER_2, order, NUMBER_3],
            ["id", "0", "0", "0", NUMBER_3],
            ["id", "0", NUMBER_2, "0", NUMBER_3],
            ["id", "open", "0", "0", NUMBER_3],
            ["id", "open", NUMBER_2, "0", NUMBER_3],
        ]
    }


def test_a_fill_is_listed_where_it_was_booked() -> None:
    keys = [[NUMBER_16, key_digits(9), NUMBER_1, NUMBER_2, NUMBER_3]]
    assert emitted(documents.fill(3, 2, 9, 16, 1)) == {"fills": keys}


LISTED: Final[tuple[Mapping[str, object], ...]] = (
    documents.order(1, reference_id="mine"),
    documents.event(1),
    documents.market(1),
    documents.fill(1, 1, 1),
    documents.entry(1, "member/16"),
)
UNLISTED: Final[tuple[Mapping[str, object], ...]] = (
    documents.quotes(1, 1, [], []),
    documents.trading(1, 1),
    documents.execution(1, 1),
    documents.movement(1),
    documents.position(1),
)


@pytest.mark.parametrize("document", UNLISTED, ids=lambda document: str(document["kind"]))
def test_documents_that_are_found_by_their_ids_are_in_no_view(document: Mapping[str, object]) -> None:
    assert emitted(document) == {}


@pytest.mark.parametrize("document", LISTED, ids=lambda document: str(document["kind"]))
@pytest.mark.parametrize("value", [None, [], {}, True], ids=str)
def test_a_field_of_another_type_leaves_a_document_out(document: Mapping[str, object], value: Json) -> None:
    """Without an error, which would be logged for every write. What isn't in a key doesn't matter."""
    complete = emitted(document)
    in_keys = 0
    for field in document.keys() - {"_id"}:
        found = emitted({**document, field: value})
        if found != complete:
            in_keys += 1
            assert found == {} or field == "reference_id"
    assert in_keys >= 4


def test_every_key_of_a_view_has_one_shape() -> None:
    """Keys of one length and of [0-9a-z] sort alike in CouchDB and in the embedded store."""
    for document in LISTED:
        for keys in emitted(document).values():
            shapes = {len(key) for key in keys if isinstance(key, list)}
            assert len(shapes) == 1
            texts = "".join(str(text) for key in keys if isinstance(key, list) for text in key)
            assert set(texts) <= set("0123456789abcdefghijklmnopqrstuvwxyz")


def test_a_comment_is_listed_by_what_it_is_about() -> None:
    comment = {"_id": "comment1", "kind": "comment", "id": "16"}
    market, entry = {"market_id": "3", "entry_id": None}, {"market_id": None, "entry_id": "2"}
    assert emitted({**comment, **market}) == {"comments": [["market", NUMBER_3, NUMBER_16]]}
    assert emitted({**comment, **entry}) == {"comments": [["entry", NUMBER_2, NUMBER_16]]}


def test_reports_are_listed_by_what_is_to_be_done() -> None:
    report = {"_id": "report1", "kind": "report", "comment_id": "16", "state": "queued"}
    report["reported_datetime"] = "1970-01-01T00:00:07.000000Z"
    assert emitted(report) == {"reports": [["queued", "19700101000007000000", NUMBER_16]]}
