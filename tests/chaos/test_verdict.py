"""Owns the proof that the verdict finds lies: each is planted into the honest ledger or log of a real run.

Never kills anything.
Called by pytest.
"""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec
import pytest

from actors.machines.messages.book_events import OrderMatched
from actors.machines.messages.challenges import ChallengeAccepted, ChallengeEnded, ChallengeOffered
from actors.machines.messages.events import (
    CancelRequested,
    Event,
    MarketHalted,
    MoneyDeposited,
    OrderPlaced,
    OrderUpdated,
    PositionSettled,
    RequestOpened,
    VerdictNoted,
)
from actors.machines.messages.words import ChallengeState, Reason
from couch_views.client import Documents
from couch_views.json_values import JsonObject
from couch_views.opening import open_documents
from rabbit.sqlite import SqliteLog
from tests.chaos.findings import Findings
from tests.chaos.history import History, LogReader
from tests.chaos.judge_documents import compare
from tests.chaos.ledger import CHALLENGES, ORDERS, Answered, Entry, is_order
from tests.chaos.lies_of_amendments import LIES_OF_AMENDMENTS
from tests.chaos.lies_of_staff import LIES_OF_STAFF
from tests.chaos.planting import Lie, Told, is_cancelled, place_of, twice, with_other, without
from tests.chaos.run import STREAMS, Plan, run
from tests.chaos.schedule import Deed
from tests.chaos.stores import Stores
from tests.chaos.verdict import judge

pytestmark = pytest.mark.whole

ORDERS_ASKED: Final = 150
SEED: Final = 3
AN_EXECUTION: Final = {"execution_id": "9999", "price": 1, "quantity": 1}


@pytest.fixture(scope="module")
def run_once(tmp_path_factory: pytest.TempPathFactory) -> tuple[Told, Findings]:
    """A run in which nothing was killed: what was told, and what its own verdict was."""
    var = tmp_path_factory.mktemp("chaos") / "var"
    log = SqliteLog(var / "log")
    log.initialise(STREAMS.names)

    def documents() -> Documents:
        return open_documents("sqlite", var / "documents", writer=False)

    outcome = run(Plan(ORDERS_ASKED, {Deed.KILL: 0}, {}, SEED), var, Stores({}, {}, log, documents, ()))
    return Told(outcome.ledger, list(LogReader(log).read())), outcome.findings


@pytest.fixture
def honest(run_once: tuple[Told, Findings]) -> Told:
    """What was told, to be spoiled by one test."""
    told = run_once[0]
    return Told(copy.deepcopy(told.ledger), list(told.events))


def test_an_honest_run_is_found_clean(run_once: tuple[Told, Findings]) -> None:
    told, findings = run_once
    assert findings == Findings()
    assert told.findings() == Findings()


def is_deposit(event: Event) -> bool:
    return isinstance(event, MoneyDeposited)


def is_request(event: Event) -> bool:
    return isinstance(event, RequestOpened) and event.scope == "POST /v3/orders"


def is_placed(event: Event) -> bool:
    return isinstance(event, OrderPlaced)


def is_trade(event: Event) -> bool:
    return isinstance(event, OrderMatched) and bool(event.fills)


def is_makers_fill(event: Event) -> bool:
    return isinstance(event, OrderUpdated) and bool(event.fills) and not event.taker


def is_cancel(event: Event) -> bool:
    return isinstance(event, CancelRequested)


def is_settlement(event: Event) -> bool:
    return isinstance(event, PositionSettled) and event.gross != 0


def is_clearing(event: Event) -> bool:
    return isinstance(event, VerdictNoted)


def is_win(event: Event) -> bool:
    return isinstance(event, PositionSettled) and event.commission > 0


def is_offered(event: Event) -> bool:
    return isinstance(event, ChallengeOffered)


def is_accepted(event: Event) -> bool:
    return isinstance(event, ChallengeAccepted)


def is_end(event: Event) -> bool:
    return isinstance(event, ChallengeAccepted | ChallengeEnded)


def first_order(told: Told) -> Entry:
    """The first order that was accepted, alone in its request."""
    return next(
        entry
        for entry in told.ledger.entries
        if entry.path == ORDERS and entry.method == "POST" and is_order(entry.body) and answered_well(entry)
    )


def answered_well(entry: Entry) -> bool:
    return not isinstance(entry.body, list) and entry.answers[0].status == 200


def says_otherwise(**changed: object) -> Callable[[Told], None]:
    """The first accepted order was acknowledged with something else."""

    def plant(told: Told) -> None:
        entry = first_order(told)
        entry.answers = [
            Answered(status, {**content, **changed}, at) for status, content, at in entry.answers
        ]

    return plant


def acknowledged_and_nowhere(told: Told) -> None:
    """An order was acknowledged, and the log knows nothing of its request."""
    entry = copy.deepcopy(first_order(told))
    entry.key = "never heard of"
    told.ledger.entries.append(entry)


def request_placed_again(told: Told) -> None:
    """A retry was carried out as if it were a new request."""
    for wanted in (is_request, is_placed):
        stream, event = told.events[place_of(told, wanted)]
        other = {"request_id": 10**6} | ({"order_id": 10**6} if isinstance(event, OrderPlaced) else {})
        told.events.append((stream, msgspec.structs.replace(event, **other)))


def with_other_ends(change: Callable[[ChallengeAccepted], Event]) -> Callable[[Told], None]:
    """The log has accepted challenges otherwise."""

    def plant(told: Told) -> None:
        told.events[:] = [
            (stream, change(event) if isinstance(event, ChallengeAccepted) else event)
            for stream, event in told.events
        ]

    return plant


def expired(event: ChallengeAccepted) -> ChallengeEnded:
    state, reason = ChallengeState.EXPIRED, Reason.EXPIRED
    return ChallengeEnded(event.market_id, event.challenge_id, event.account_id, state, reason)


def challenged_otherwise(told: Told) -> None:
    """The first challenge that was offered was acknowledged on other terms."""
    entry = next(
        entry
        for entry in told.ledger.entries
        if entry.path == CHALLENGES and entry.answers and entry.answers[0].status == 201
    )
    status, content, at = entry.answers[0]
    entry.answers[0] = Answered(status, {"challenge": {**content["challenge"], "price": 1}}, at)


def nobody_accepted(told: Told) -> None:
    told.ledger.entries[:] = [
        entry for entry in told.ledger.entries if not is_answer_to_challenge(entry, "accepted")
    ]


def a_challenge_is_not_found(told: Told) -> None:
    entry = next(entry for entry in told.ledger.entries if is_answer_to_challenge(entry, "accepted"))
    entry.answers.append(Answered(404, {"error_type": "NOT_FOUND"}, 0.0))


def is_answer_to_challenge(entry: Entry, state: str) -> bool:
    return entry.path.startswith(CHALLENGES) and entry.method == "PATCH" and entry.body["state"] == state


def never_answered(told: Told) -> None:
    first_order(told).answers.clear()


def still_pending(told: Told) -> None:
    entry = first_order(told)
    entry.answers = [Answered(202, content, at) for _, content, at in entry.answers]


def answered_otherwise_later(told: Told) -> None:
    entry = first_order(told)
    status, content, at = entry.answers[0]
    entry.answers.append(Answered(status, {**content, "balance": "0.00"}, at))


def refused_though_placed(told: Told) -> None:
    entry = first_order(told)
    entry.answers = [Answered(422, {"error_type": "INSUFFICIENT_FUNDS"}, 0.0)]


def broken_inside(told: Told) -> None:
    first_order(told).answers[0] = Answered(500, {}, 0.0)


def nobody_asked(told: Told) -> None:
    """An order is in the log whose request is in nobody's ledger."""
    told.ledger.entries.remove(first_order(told))


def forgotten_by_the_market(told: Told) -> None:
    """An order was accepted last, and no word ever came of it."""
    place = max(place for place, (_, event) in enumerate(told.events) if isinstance(event, OrderPlaced))
    placed = told.events[place][1]
    assert isinstance(placed, OrderPlaced)
    told.events[:] = [
        (stream, event)
        for stream, event in told.events
        if not (isinstance(event, OrderUpdated) and event.order_id == placed.order_id)
    ]


def without_a_cancel(told: Told) -> None:
    """Of one order that its member has cancelled, the log knows of no cancel."""
    cancelled = told.events[place_of(told, is_cancelled)][1]
    assert isinstance(cancelled, OrderUpdated)
    told.events[:] = [
        (stream, event)
        for stream, event in told.events
        if not (isinstance(event, CancelRequested) and event.order_id == cancelled.order_id)
    ]


def money_from_nowhere(told: Told) -> None:
    """A deposit that nobody made; the account's own sums are right."""
    stream, event = told.events[place_of(told, is_deposit)]
    told.events.append((stream, event))


# What is planted, how, and the kind of finding that it must lead to.
LIES: Final[dict[str, Lie]] = {
    **LIES_OF_AMENDMENTS,
    **LIES_OF_STAFF,
    "acknowledged, and its request is nowhere": (acknowledged_and_nowhere, "lost"),
    "its request is there, the order is not": (without(is_placed), "lost"),
    "acknowledged at another price": (says_otherwise(price=1), "lost"),
    "acknowledged as another order": (says_otherwise(order_id="999999"), "lost"),
    "acknowledged as executed further": (says_otherwise(total_executed_quantity=10**9), "lost"),
    "acknowledged in another state": (says_otherwise(state="rejected"), "lost"),
    "acknowledged with a trade that never was": (says_otherwise(executions=[AN_EXECUTION]), "lost"),
    "logged with another quantity": (with_other(is_placed, quantity=lambda units: units + 1), "lost"),
    "answered otherwise later": (answered_otherwise_later, "lost"),
    "refused, but placed": (refused_though_placed, "lost"),
    "an acknowledged cancel is not in the log": (without_a_cancel, "lost"),
    "the maker never booked a trade": (without(is_makers_fill), "lost"),
    "an acknowledged deposit is not in the log": (without(is_deposit), "lost"),
    "an acknowledged challenge was never open": (without(is_offered), "lost"),
    "a challenge acknowledged on other terms": (challenged_otherwise, "lost"),
    "an accepted challenge that expired": (with_other_ends(expired), "lost"),
    "a challenge that another accepted": (
        with_other_ends(lambda event: msgspec.structs.replace(event, acceptor_id=10**6)),
        "lost",
    ),
    "a challenge that is not found": (a_challenge_is_not_found, "lost"),
    "a challenge was opened twice": (twice(is_offered), "doubled"),
    "a challenge ended twice": (twice(is_end), "doubled"),
    "a challenge was traded twice": (twice(is_accepted), "doubled"),
    "a challenge that nobody accepted": (nobody_accepted, "doubled"),
    "a challenge without an end": (without(is_end), "stuck"),
    "a retry was carried out as a new request": (request_placed_again, "doubled"),
    "an order was placed twice": (twice(is_placed), "doubled"),
    "an order was matched twice": (twice(is_trade), "doubled"),
    "the maker booked a trade twice": (twice(is_makers_fill), "doubled"),
    "a cancel was requested twice": (twice(is_cancel), "doubled"),
    "a deposit was made twice": (twice(is_deposit), "doubled"),
    "an order that nobody asked for": (nobody_asked, "doubled"),
    "money from nowhere": (money_from_nowhere, "money"),
    "a member was not settled": (without(is_settlement), "money"),
    "commission that nobody got": (with_other(is_win, commission_total=lambda units: units - 1), "money"),
    "something stays in clearing": (with_other(is_clearing, clearing=lambda units: units + 1), "money"),
    "never answered": (never_answered, "unresolved"),
    "answered as pending for ever": (still_pending, "unresolved"),
    "the market forgot an order": (forgotten_by_the_market, "stuck"),
    "answered with an internal error": (broken_inside, "other"),
    "a market was halted": (lambda told: told.events.append(("markets-0", MarketHalted(1))), "other"),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_planted_lie_is_found(honest: Told, lie: str) -> None:
    plant, kind = LIES[lie]
    plant(honest)
    assert honest.findings().by_kind()[kind] != []


def test_the_last_balance_off_by_one_unit_is_found(honest: Told) -> None:
    place = max(place for place, (_, event) in enumerate(honest.events) if isinstance(event, PositionSettled))
    stream, event = honest.events[place]
    assert isinstance(event, PositionSettled)
    honest.events[place] = stream, msgspec.structs.replace(event, balance=event.balance + 1)
    (off, total) = honest.findings().money
    assert off.endswith(f"and has {event.balance + 1}")
    assert "came in" in total


def test_an_order_that_waited_in_vain_until_the_end_is_stuck(honest: Told) -> None:
    history = History()
    history.take(honest.events)
    (order_id, *_) = history.orders
    assert len(judge(honest.ledger, history, pending=[order_id]).stuck) == 1


@pytest.mark.parametrize(
    ("stored", "sentence"),
    [
        ([], "order1 is missing"),
        ([{"_id": "order1", "state": "filled"}], "order1 differs from the log in state"),
        (
            [{"_id": "order1", "state": "created"}, {"_id": "order2"}],
            "order2 tells of what is not in the log",
        ),
    ],
)
def test_documents_that_differ_from_the_log_are_found(stored: list[JsonObject], sentence: str) -> None:
    def with_these(documents: list[JsonObject]) -> Documents:
        made = open_documents("memory", Path(), writer=True)
        made.ensure_database()
        made.bulk(documents)
        return made

    findings = Findings()
    compare(with_these([{"_id": "order1", "state": "created"}]), with_these(stored), findings)
    assert len(findings.documents) == 1
    assert findings.documents[0].startswith(sentence)
