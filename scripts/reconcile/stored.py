"""Owns the reconciliation of all that an installation has stored: its log against its documents.

Never writes, never waits: what the documents have not reached yet is not compared.
Called by the command.

The machines are replayed, stream by stream, up to where the ledger has come, and every account is compared
with the ledger there; then up to where account documents have come, which may be further. While the exchange
runs, some of them are newer still: each of those is compared with the machines as of its own record.
"""

from collections import defaultdict
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Final, cast

from actors.machines.money import format_money
from actors.machines.streams import account_stream_of_id
from couch_views.classes import DocumentClass
from couch_views.client import Documents
from couch_views.queries.accounts import all_reached
from couch_views.queries.ledger import Booked, balances_at, totals, transactions
from couch_views.queries.reconciliation import (
    Shown,
    document_problem,
    ledger_problem,
    shown_by,
    totals_problem,
    transaction_problem,
)
from couch_views.shapes import ID_DIGITS, AccountDocument
from rabbit.log import Log
from scripts.reconcile.reconciled import Listener, Reconciled
from scripts.reconcile.replaying import Replaying

ACCOUNTS_PER_READ: Final = 1_000
_FIRST: Final = "account" + "0" * ID_DIGITS
_LAST: Final = "account" + "9" * ID_DIGITS


def reconcile(log: Log, documents: Documents, snapshots: Path, listener: Listener) -> Reconciled:
    """Compares every account. Raises what the log and the documents raise if they can't be read."""
    streams = [name for name in log.streams() if name.startswith("accounts-")]
    # How far they have come is read first: what is read after it can only be newer.
    positions = all_reached(documents, streams)
    booked_at, shown_at = positions[DocumentClass.HISTORY], positions[DocumentClass.CURRENT]
    listener.expect(sum(max(booked_at[name], shown_at[name]) for name in streams))
    shown = _read_shown(documents)
    ledger = balances_at(documents, booked_at)
    problem = totals_problem(totals(documents))
    if problem is not None:
        listener.differs(problem)
    accounts = count = 0
    for name in streams:
        at = booked_at[name]
        count += _judge_transactions(documents, name, at, listener)
        with closing(Replaying(log, name, snapshots, at, listener.advance)) as replaying:
            booked = {each: units for each, units in ledger.items() if each.stream == name}
            accounts += _judge_ledger(replaying, at, booked, listener)
            _judge_documents(replaying, max(at, shown_at[name]), shown[name], listener)
    return Reconciled(accounts, count, booked_at)


def _judge_transactions(documents: Documents, stream: str, at: int, listener: Listener) -> int:
    """Each must be balanced in itself; gives their number."""
    count = 0
    for some in transactions(documents, stream, upto=at):
        count += len(some)
        for problem in map(transaction_problem, some):
            if problem is not None:
                listener.differs(problem)
    return count


def _judge_ledger(replaying: Replaying, at: int, ledger: Mapping[Booked, int], listener: Listener) -> int:
    """Compares all accounts of a stream, the house's too, as of this record; gives their number."""
    replaying.go_to(at)
    left = dict(ledger)
    held = list(replaying.held())
    for each in held:
        problem = ledger_problem(each, left.pop(each.booked, 0))
        if problem is not None:
            listener.differs(problem)
    for booked, units in left.items():
        if units:
            listener.differs(
                f"{booked.account} of {booked.stream} has {format_money(units)} in the ledger,"
                f" and isn't there at record {at}"
            )
    return len(held)


def _judge_documents(replaying: Replaying, at: int, shown: Mapping[int, Shown], listener: Listener) -> None:
    """Compares the account documents of a stream, each as of its own record if that is later."""
    replaying.go_to(at)
    due_at: dict[int, list[int]] = defaultdict(list)
    for account_id in shown.keys() | replaying.members():
        due_at[max(at, shown[account_id].sequence if account_id in shown else 0)].append(account_id)
    for sequence, account_ids in sorted(due_at.items()):
        replaying.go_to(sequence)
        for account_id in sorted(account_ids):
            due = replaying.held_by(account_id)
            problem = (
                f"account/{account_id} has a document, and isn't there at record {sequence}"
                if due is None
                else document_problem(due, shown.get(account_id))
            )
            if problem is not None:
                listener.differs(problem)


def _read_shown(documents: Documents) -> dict[str, dict[int, Shown]]:
    """What all account documents show: stream -> account id -> its balance."""
    found: dict[str, dict[int, Shown]] = defaultdict(dict)
    start = _FIRST
    while identities := documents.identities(start=start, end=_LAST, limit=ACCOUNTS_PER_READ):
        for document in documents.get_many(identities):
            if document is not None:
                account = cast("AccountDocument", document)
                account_id = int(account["account_id"])
                found[account_stream_of_id(account_id)][account_id] = shown_by(account)
        start = identities[-1] + "0"
    return found
