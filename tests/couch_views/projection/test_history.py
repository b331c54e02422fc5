"""Owns the cases of a market's history: executions folded into candles, repeated, and very many of them.

Never stores a document.
Called by pytest.
"""

import random
from collections.abc import Mapping
from itertools import product
from typing import Final, Never, cast

import msgspec
import pytest

from actors.machines import limits
from actors.machines.messages.book_events import OrderMatched
from actors.machines.messages.events import (
    Event,
)
from actors.machines.messages.parts import SetFill, SetLeg
from actors.machines.messages.record import decode
from actors.machines.messages.words import Side
from couch_views.json_values import encode_exactly
from couch_views.projection.history import keep_candles
from couch_views.projection.rules import Moment
from couch_views.shapes import Document, HistoryDocument, document_id
from tests.couch_views.projection.histories import play
from tests.couch_views.projection.records import SECOND, fold_of, in_sets, market_created, matched, project

NOON: Final = 1_779_019_200
"""Seconds since 1970: the noon of a day in 2026."""
HOUR: Final = 3_600
CHANGES: Final = (keep_candles(60), keep_candles(HOUR))


def traded(second: int, *fills: tuple[int, int, int], contract_id: int = 9) -> OrderMatched:
    """An order of market 7 that trades so many seconds after noon; ``fills`` are number, price, quantity."""
    event = matched(Side.BUY, 9_999, limits.QUANTITY_MAX, *fills, contract_id=contract_id)
    return msgspec.structs.replace(event, time=(NOON + second) * SECOND)


def opened(*events: OrderMatched) -> dict[str, Document]:
    """A market in which enough rests for these events."""
    resting = [
        matched(Side.SELL, fill.price, fill.quantity, left=fill.quantity, contract_id=event.contract_id)
        for event in events
        for fill in event.fills
    ]
    return project([market_created()], resting, stream="markets-1")


def folded(*events: OrderMatched) -> dict[str, Document]:
    """All documents after these events, a record each."""
    return project(*([event] for event in events), stream="markets-1", documents=opened(*events), first=3)


def candles(
    documents: Mapping[str, Document], interval_s: int, contract_id: int = 9, market_id: int = 7
) -> list[list[list[int]]]:
    """The candles of each block, their starts in seconds after noon."""
    prefix = document_id("history", market_id, interval_s)
    blocks = [
        cast("HistoryDocument", document)
        for identity, document in sorted(documents.items())
        if identity.startswith(prefix) and identity.endswith(str(contract_id).zfill(20))
    ]
    return [[[start - NOON, *rest] for start, *rest in block["candles"]] for block in blocks]


def test_executions_become_candles_of_minutes_and_hours() -> None:
    documents = folded(
        traded(0, (1, 5_000, 10), (2, 5_100, 20)),
        traded(59, (3, 4_900, 30)),
        traded(60, (4, 5_050, 40)),
        traded(HOUR, (5, 6_000, 50)),
    )
    assert candles(documents, 60) == [
        [
            [0, 5_000, 5_100, 4_900, 4_900, 60, 3],
            [60, 5_050, 5_050, 5_050, 5_050, 40, 1],
            [HOUR, 6_000, 6_000, 6_000, 6_000, 50, 1],
        ]
    ]
    assert candles(documents, HOUR) == [
        [
            [0, 5_000, 5_100, 4_900, 5_050, 100, 4],
            [HOUR, 6_000, 6_000, 6_000, 6_000, 50, 1],
        ]
    ]


def test_contracts_have_candles_of_their_own() -> None:
    documents = folded(traded(0, (1, 5_000, 10)), traded(1, (2, 3_000, 20), contract_id=10))
    assert candles(documents, 60, 9) == [[[0, 5_000, 5_000, 5_000, 5_000, 10, 1]]]
    assert candles(documents, 60, 10) == [[[0, 3_000, 3_000, 3_000, 3_000, 20, 1]]]


def test_a_document_says_what_it_is_of() -> None:
    documents = folded(traded(0, (1, 5_000, 10)))
    identity = document_id("history", 7, 60, NOON // 7_200, 9)
    assert documents[identity] == {
        "_id": identity,
        "kind": "history",
        "stream": "markets-1",
        "sequence": 3,
        "market_id": "7",
        "contract_id": "9",
        "interval_s": 60,
        "candles": [[NOON, 5_000, 5_000, 5_000, 5_000, 10, 1]],
    }


def test_minutes_are_in_blocks_of_two_hours_and_hours_in_blocks_of_five_days() -> None:
    moments = (0, 2 * HOUR - 1, 2 * HOUR, 5 * 24 * HOUR)
    documents = folded(*(traded(second, (second + 1, 5_000, 1)) for second in moments))
    assert [len(block) for block in candles(documents, 60)] == [2, 1, 1]
    assert [len(block) for block in candles(documents, HOUR)] == [3, 1]


def test_a_record_that_is_repeated_counts_once() -> None:
    events = [traded(0, (1, 5_000, 10)), traded(1, (2, 5_200, 20))]
    once = folded(*events)
    fold = fold_of(once)
    fold.add("markets-1", 4, 4 * SECOND, [events[1]])
    fold.run({})
    assert fold.changed == {}


def test_two_orders_of_one_record_both_count() -> None:
    events = [traded(0, (1, 5_000, 10)), traded(0, (2, 5_200, 20))]
    documents = project(events, stream="markets-1", documents=opened(*events), first=3)
    assert candles(documents, 60) == [[[0, 5_000, 5_200, 5_000, 5_200, 30, 2]]]


def test_a_set_is_in_the_candles_of_every_contract() -> None:
    made = (
        SetFill(1, 6_000, 5, (SetLeg(2, 10, 48, 17, 4_000),)),
        SetFill(3, 6_500, 2, (SetLeg(4, 10, 49, 18, 3_500),)),
    )
    bids = [
        matched(Side.BUY, 4_000, 5, left=5, contract_id=10),
        matched(Side.BUY, 3_500, 2, left=2, contract_id=10),
    ]
    event = msgspec.structs.replace(in_sets(*made), time=NOON * SECOND)
    documents = project([market_created()], [*bids, event], stream="markets-1")
    assert candles(documents, 60) == [[[0, 6_000, 6_500, 6_000, 6_500, 7, 2]]]
    assert candles(documents, HOUR, contract_id=10) == [[[0, 4_000, 4_000, 3_500, 3_500, 7, 2]]]


def test_an_order_that_trades_nothing_is_in_no_candle() -> None:
    assert candles(folded(traded(0)), 60) == []


def test_executions_that_do_not_know_their_time_are_in_no_candle() -> None:
    before_times = matched(Side.BUY, 9_999, 10, (1, 5_000, 10))
    documents = project([before_times], stream="markets-1", documents=opened(before_times), first=3)
    assert candles(documents, 60) == []


def at_leisure(event: Event, second: int) -> Event:
    """The event as if it had come at that second after noon."""
    if isinstance(event, OrderMatched):
        return msgspec.structs.replace(event, time=(NOON + second) * SECOND)
    return event


def executed_in(event: OrderMatched, contract_id: int) -> list[tuple[int, int]]:
    """Price and quantity of this contract's executions, in the order of trading."""
    made = [(fill.execution_id, event.contract_id, fill.price, fill.quantity) for fill in event.fills]
    for one in event.sets:
        made.append((one.execution_id, event.contract_id, one.price, one.quantity))
        made += [(leg.execution_id, leg.contract_id, leg.price, one.quantity) for leg in one.legs]
    return [(price, quantity) for _, contract, price, quantity in sorted(made) if contract == contract_id]


@pytest.mark.parametrize("seed", [2, 12, 27])
def test_candles_are_those_of_what_real_machines_execute(seed: int) -> None:
    bodies = play(random.Random(seed), 150)
    stream = max((name for name in bodies if name.startswith("markets")), key=lambda name: len(bodies[name]))
    records = [
        [at_leisure(event, 400 * number) for event in decode(body).events]
        for number, body in enumerate(bodies[stream])
    ]
    documents = project(*records, stream=stream)
    executed = [
        event
        for events in records
        for event in events
        if isinstance(event, OrderMatched) and (event.fills or event.sets)
    ]
    assert len(executed) > 10
    for contract_id, interval_s in product((1, 2), (60, HOUR)):
        naive: dict[int, list[tuple[int, int]]] = {}
        for event in executed:
            if made := executed_in(event, contract_id):
                fills = naive.setdefault(event.time // SECOND // interval_s * interval_s - NOON, [])
                fills += made
        kept = [
            candle for block in candles(documents, interval_s, contract_id, market_id=1) for candle in block
        ]
        assert kept == [
            [
                start,
                fills[0][0],
                max(fills)[0],
                min(fills)[0],
                fills[-1][0],
                sum(q for _, q in fills),
                len(fills),
            ]
            for start, fills in naive.items()
        ]


def test_a_hundred_thousand_executions_are_in_small_documents_each_touched_in_its_time() -> None:
    """Two days of trading, one execution each 1.7 seconds, of the largest sizes there are."""
    chance = random.Random(7)
    known: dict[str, Document] = {}
    touched: dict[str, list[int]] = {}
    for number in range(100_000):
        second = number * 48 * HOUR // 100_000
        event = traded(second, (number + 1, chance.randint(1, 9_999), limits.QUANTITY_MAX))
        at = Moment("markets-1", number + 1, event.time, 0)
        changed = [
            (change, identity) for change in CHANGES for identity in change.identify(cast("Never", event))
        ]
        assert len(changed) == 2, "one document of minutes and one of hours, whatever was before"
        for change, identity in changed:
            assert change.begin_each is not None
            old = known.get(identity) or change.begin_each(identity, cast("Never", event), at)
            known[identity] = cast("Document", change.fold(cast("Never", old), cast("Never", event), at))
            touched.setdefault(identity, []).append(number)
    assert len(known) == 24 + 1
    assert max(len(encode_exactly(document)) for document in known.values()) < 6_000
    assert all(numbers == list(range(numbers[0], numbers[-1] + 1)) for numbers in touched.values())
    volumes = [sum(candle[5] for block in candles(known, each) for candle in block) for each in (60, HOUR)]
    assert volumes == [100_000 * limits.QUANTITY_MAX] * 2
