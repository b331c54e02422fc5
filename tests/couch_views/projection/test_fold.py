"""Owns the cases of one record: repeats, what is missing, what is needed beforehand.

Never stores a document.
Called by pytest.
"""

import pytest

from actors.machines.messages.credential_events import SessionsEnded
from actors.machines.messages.events import (
    Event,
    MoneyDeposited,
)
from actors.machines.messages.words import OrderState, Side
from couch_views.classes import CLASSES, DocumentClass
from couch_views.projection.fold import MissingDocumentError
from couch_views.projection.held import hold
from couch_views.shapes import document_id, member_document_id
from tests.couch_views.projection.records import (
    SECOND,
    UNIT,
    cancelled,
    everything,
    fold_of,
    market_created,
    matched,
    placed,
    project,
    registered,
    settled,
    updated,
)

HISTORY: tuple[tuple[Event, ...], ...] = (
    (registered(), MoneyDeposited(16, 100 * UNIT, 100 * UNIT), market_created()),
    (placed(exposure=UNIT, market_exposure=UNIT), matched(Side.SELL, 5_000, 10, left=10)),
    (updated(OrderState.PARTIAL, 5_000, (1, 5_000, 5_000)), cancelled(Side.SELL, 5_000, 3)),
    (updated(OrderState.FILLED, 0, (2, 5_000, 5_000)), matched(Side.BUY, 5_000, 2, (1, 5_000, 2))),
    (settled(UNIT, 0, 101 * UNIT, 32),),
)


@pytest.mark.parametrize("sequence", range(1, len(HISTORY) + 1))
def test_a_record_that_is_not_newer_changes_nothing(sequence: int) -> None:
    before = project(*HISTORY)
    fold = fold_of(before)
    fold.add("accounts-0", sequence, sequence * SECOND, HISTORY[sequence - 1])
    fold.run({})
    assert fold.changed == {}
    assert everything(fold) == before


def test_events_of_one_record_build_on_each_other() -> None:
    events = [event for record in HISTORY for event in record]
    together, apart = project(events), project(*HISTORY)
    assert {document["sequence"] for document in together.values()} == {1}
    for identity in (document_id("account", 16), document_id("position", 16, 7), document_id("quotes", 7, 9)):
        assert together[identity] == {**apart[identity], "sequence": 1}


def test_a_record_may_repeat_a_document_only_in_part() -> None:
    """After a crash some documents reflect a record and some don't."""
    before, after = project(*HISTORY[:2]), project(*HISTORY[:3])
    account = document_id("account", 16)
    torn = {**before, account: after[account]}
    fold = fold_of(torn)
    fold.add("accounts-0", 3, 3 * SECOND, HISTORY[2])
    fold.run({})
    assert account not in fold.changed
    assert everything(fold) == after


def test_a_document_that_must_be_there_is_missed() -> None:
    with pytest.raises(MissingDocumentError, match=r"accounts-0 3: MoneyDeposited changes account0.*16"):
        project([MoneyDeposited(16, 1, 1)], first=3)


def test_what_must_be_at_hand() -> None:
    fold = fold_of({})
    fold.add(
        "accounts-0",
        1,
        0,
        [registered(), placed(), updated(OrderState.CREATED, 1), updated(OrderState.CREATED, 1, order_id=48)],
    )
    fold.add("accounts-0", 2, 0, [settled(0, 0, 0, 32, 48, 64), SessionsEnded(16, 2)])
    assert list(fold.needs) == [
        document_id("position", 16, 7),
        document_id("order", 48),
        document_id("order", 64),
    ]
    assert member_document_id("alice") not in fold.needs


def test_a_fill_looks_at_its_order_whichever_class_that_is_of() -> None:
    fold = fold_of({}, DocumentClass.HISTORY)
    fold.add("accounts-0", 3, 0, [updated(OrderState.CREATED, 1), updated(OrderState.FILLED, 0, (1, 1, 1))])
    assert list(fold.needs) == [document_id("order", 32)]


@pytest.mark.parametrize("of", DocumentClass)
def test_a_class_folds_its_own_documents_only(of: DocumentClass) -> None:
    everything_there_is = project(*HISTORY)
    fold = fold_of({}, of)
    for sequence, events in enumerate(HISTORY, 1):
        fold.add("accounts-0", sequence, sequence * SECOND, events)
    found = (everything_there_is.get(identity) for identity in fold.needs)
    fold.run({each["_id"]: hold(each) for each in found if each and CLASSES[each["kind"]] is not of})
    made = {identity: held.dump() for identity, held in fold.changed.items()}
    made |= {document["_id"]: document for document in fold.added}
    assert made == {
        identity: document
        for identity, document in everything_there_is.items()
        if CLASSES[document["kind"]] is of
    }
