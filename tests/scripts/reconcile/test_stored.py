"""Owns the tests of the reconciliation of what is stored: books that agree, and every planted fault is found.

Never tests how it is told.
Called by pytest.
"""

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actors.machines.money import format_money, parse_money
from actors.machines.streams import Streams
from actors.processes.keeper_core import Keeper
from actors.processes.snapshot_files import SnapshotFiles
from couch_views.classes import DocumentClass
from couch_views.client import Documents
from couch_views.opening import open_documents
from couch_views.shapes import checkpoint_document_id, document_id, transaction_document_id
from rabbit.log import LogCorruptError
from rabbit.memory import MemoryLog
from scripts.reconcile import stored
from scripts.reconcile.reconciled import Reconciled
from scripts.reconcile.stored import reconcile
from tests.couch_views.projection.histories import append
from tests.couch_views.projection.test_ledger import play
from tests.processes.kept import lawful_log
from tests.scripts.reconcile.books import account, booked, books, projected, remove, write


class Heard:
    """Everything that was told."""

    def __init__(self) -> None:
        self.expected = 0
        self.passed = 0
        self.differences: list[str] = []

    def expect(self, steps: int) -> None:
        self.expected = steps

    def advance(self, steps: int) -> None:
        self.passed += steps

    def differs(self, what: str) -> None:
        self.differences.append(what)


def run(
    documents: Documents, log: MemoryLog | None = None, snapshots: Path = Path("nowhere")
) -> tuple[Reconciled, Heard]:
    heard = Heard()
    return reconcile(log or lawful_log(), documents, snapshots, heard), heard


def found(documents: Documents) -> list[str]:
    return run(documents)[1].differences


def test_books_that_agree() -> None:
    documents = books()
    reconciled, heard = run(documents)
    assert heard.differences == []
    assert heard.passed == heard.expected == sum(reconciled.sequences.values()) > 20
    assert set(reconciled.sequences) == {"accounts-0", "accounts-1"}
    assert reconciled.transactions == sum(len(booked(documents, name)) for name in reconciled.sequences) >= 4
    assert reconciled.accounts > 6


DEPOSIT = transaction_document_id("accounts-0", 4, 0)
AGAIN = transaction_document_id("accounts-0", 4, 9)
HAD = "account/32 of accounts-0 has 9999.80006 at record 42,"
OUTSIDE = "external of accounts-0 has -10000.00 at record 42,"


def missing(documents: Documents) -> None:
    remove(documents, [DEPOSIT])


def doubled(documents: Documents) -> None:
    one = documents.get(DEPOSIT) or {}
    write(documents, {name: value for name, value in one.items() if name != "_rev"} | {"_id": AGAIN})


def change_amounts(documents: Documents, *amounts: str) -> None:
    one = booked(documents, "accounts-0")[0]
    assert one["_id"] == DEPOSIT
    pairs = zip(one["entries"], amounts, strict=True)
    write(documents, {**one, "entries": [{**entry, "amount": amount} for entry, amount in pairs]})


def changed_on_both_sides(documents: Documents) -> None:
    change_amounts(documents, "10000.00000001", "-10000.00000001")


def changed_on_one_side(documents: Documents) -> None:
    change_amounts(documents, "10000.00", "-9999.99999999")


def unreadable(documents: Documents) -> None:
    change_amounts(documents, "10000.00", "a lot")


def on_another_account(documents: Documents) -> None:
    one = booked(documents, "accounts-0")[0]
    entries = [{**one["entries"][0], "account": "account/48"}, one["entries"][1]]
    write(documents, {**one, "entries": entries})


def document_off_by_one(documents: Documents) -> None:
    write(documents, {**account(documents, 32), "balance": "9999.80005999"})


def document_missing(documents: Documents) -> None:
    remove(documents, [document_id("account", 32)])


def document_of_nobody(documents: Documents) -> None:
    one = {name: value for name, value in account(documents, 32).items() if name != "_rev"}
    write(documents, one | {"_id": document_id("account", 4816), "account_id": "4816"})


@pytest.mark.parametrize(
    ("plant", "differences"),
    [
        (missing, [f"{OUTSIDE} 0.00 in the ledger", f"{HAD} -0.19994 in the ledger"]),
        (doubled, [f"{OUTSIDE} -20000.00 in the ledger", f"{HAD} 19999.80006 in the ledger"]),
        (
            changed_on_both_sides,
            [f"{OUTSIDE} -10000.00000001 in the ledger", f"{HAD} 9999.80006001 in the ledger"],
        ),
        (
            changed_on_one_side,
            [
                "the whole ledger sums to 0.00000001, not to zero",
                f"{DEPOSIT} is out of balance by 0.00000001",
                f"{OUTSIDE} -9999.99999999 in the ledger",
            ],
        ),
        (
            unreadable,
            [
                f"{DEPOSIT} can't be read: a decimal number with up to 8 places is needed",
                f"{OUTSIDE} 0.00 in the ledger",
                f"{HAD} -0.19994 in the ledger",
            ],
        ),
        (
            on_another_account,
            [
                f"{HAD} -0.19994 in the ledger",
                "account/48 of accounts-0 has 10000.00 in the ledger, and isn't there at record 42",
            ],
        ),
        (document_off_by_one, [f"{HAD} 9999.80005999 in its document"]),
        (document_missing, [f"{HAD} and no document"]),
        (document_of_nobody, ["account/4816 has a document, and isn't there at record 42"]),
    ],
)
def test_a_planted_fault_is_found(plant: Callable[[Documents], None], differences: list[str]) -> None:
    documents = books()
    plant(documents)
    assert found(documents) == differences


def has_come_to(documents: Documents, of: DocumentClass, sequence: int) -> None:
    """As if this class had come no further in accounts-0."""
    checkpoint = documents.get(checkpoint_document_id("accounts-0", of)) or {}
    write(documents, {**checkpoint, "sequence": sequence})


def without_the_settlement(documents: Documents) -> None:
    """As if neither document nor ledger knew of record 41."""
    write(documents, {**account(documents, 32), "balance": "10000.00", "sequence": 4})
    remove(documents, [transaction_document_id("accounts-0", 41, 0)])


def test_everything_is_compared_at_the_record_that_the_documents_have_reached() -> None:
    documents = books()
    without_the_settlement(documents)
    assert len(found(documents)) == 3
    for of in DocumentClass:
        has_come_to(documents, of, 40)
    reconciled, heard = run(documents)
    assert heard.differences == []
    assert reconciled.sequences["accounts-0"] == 40
    assert heard.passed == heard.expected == 40 + reconciled.sequences["accounts-1"]


def test_a_ledger_that_is_behind_is_compared_where_it_is_and_documents_where_they_are() -> None:
    documents = books()
    without_the_settlement(documents)
    has_come_to(documents, DocumentClass.HISTORY, 40)
    assert found(documents) == [f"{HAD} 10000.00 in its document"]


def test_a_document_that_is_newer_is_compared_at_its_own_record() -> None:
    documents = books()
    for of in DocumentClass:
        has_come_to(documents, of, 3)
    assert found(documents) == []
    newer = account(documents, 32)
    assert newer["sequence"] == 41
    write(documents, {**newer, "balance": "10000.00"})
    assert found(documents) == [
        "account/32 of accounts-0 has 9999.80006 at record 41, 10000.00 in its document"
    ]


def test_nothing_projected_is_nothing_compared() -> None:
    documents = books()
    everything = documents.identities(start="a", end="z")
    remove(documents, everything)
    reconciled, heard = run(documents)
    assert heard.differences == []
    assert reconciled.sequences == {"accounts-0": 0, "accounts-1": 0}


def test_a_log_that_ends_before_its_documents_can_not_be_reconciled() -> None:
    documents = books()
    has_come_to(documents, DocumentClass.HISTORY, 43)
    with pytest.raises(LogCorruptError, match="accounts-0 ends at record 42, before record 43"):
        run(documents)


def test_a_snapshot_spares_replaying(tmp_path: Path) -> None:
    log, documents = lawful_log(), books()
    keeper = Keeper(log, Streams(), lambda name: SnapshotFiles(tmp_path, name), 10)
    while keeper.step().records:
        pass
    keeper.close()
    replayed = []

    class Listener(Heard):
        def advance(self, steps: int) -> None:
            replayed.append(steps)

    heard = Listener()
    reconcile(log, documents, tmp_path, heard)
    assert heard.differences == []
    assert sum(replayed) == heard.expected
    assert max(replayed) > 20


def test_all_accounts_are_read_however_many_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored, "ACCOUNTS_PER_READ", 1)
    assert found(books()) == []


@settings(max_examples=10, deadline=None)
@given(st.randoms(use_true_random=False))
def test_whatever_happens_the_books_agree_until_a_unit_is_changed(chance: random.Random) -> None:
    town = play(chance, trades=10, moves=6)
    log = MemoryLog()
    log.initialise(town.streams.names)
    for stream, bodies in town.bodies.items():
        append(log, stream, bodies)
    documents = projected(open_documents("memory", Path(), writer=True), log)
    assert run(documents, log)[1].differences == []

    stream = chance.choice([name for name in town.streams.account_names if booked(documents, name)])
    one = chance.choice(booked(documents, stream))
    first, *others = one["entries"]
    amount = format_money(parse_money(first["amount"]) + chance.choice([-1, 1]))
    write(documents, {**one, "entries": [{**first, "amount": amount}, *others]})
    differences = run(documents, log)[1].differences
    assert [line for line in differences if line.startswith(f"{first['account']} of {stream} has ")] != []
    assert [line for line in differences if line.startswith(f"{one['_id']} is out of balance by ")] != []
    documents.close()
