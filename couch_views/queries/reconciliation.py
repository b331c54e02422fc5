"""Owns the comparison of what the exchange says an account holds with what the documents say.

Never asks an actor, never replays a log: it is given what they say, as of a record of the account's stream.
Called by resources (which ask the actors of a running exchange) and by ``make reconcile`` (which replays).

Documents may lag, so the order of things matters. Who asks actors that go on working has first what they
hold; waits until the documents have reached that; reads the account documents; waits until the ledger has
reached them, too; and compares. So nothing is ever compared with what was true at another record.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, cast

from actors.machines.money import format_money, parse_money
from couch_views.queries.ledger import Booked, Totals, balance_at
from couch_views.queries.reading import Reads
from couch_views.shapes import AccountDocument, TransactionDocument, document_id


class Held(NamedTuple):
    """What the exchange itself says that an account holds, as of a record of the account's stream."""

    booked: Booked
    sequence: int
    balance: int


class Shown(NamedTuple):
    """What an account's document shows, as of the last record that it reflects."""

    sequence: int
    balance: int


class Compared(NamedTuple):
    """An account as the exchange, the ledger and its document have it, each pair at one record.

    ``due`` is what the document ought to show: what is held, unless it is newer than that. The house's
    accounts have no documents.
    """

    held: Held
    ledger: int
    due: Held
    shown: Shown | None

    @property
    def problems(self) -> list[str]:
        """A sentence for each difference; empty if all agree."""
        found = [ledger_problem(self.held, self.ledger), document_problem(self.due, self.shown)]
        return [problem for problem in found if problem is not None]


def ledger_problem(held: Held, ledger: int) -> str | None:
    """What is wrong with the ledger's balance, as of the same record; None if nothing is."""
    if ledger == held.balance:
        return None
    return f"{_has(held)}, {format_money(ledger)} in the ledger"


def document_problem(due: Held, shown: Shown | None) -> str | None:
    """What is wrong with the account's document, as of the same record; None if nothing is."""
    if shown is None:
        return f"{_has(due)}, and no document" if is_member(due.booked.account) else None
    if shown.balance == due.balance:
        return None
    return f"{_has(due)}, {format_money(shown.balance)} in its document"


def totals_problem(totals: Totals) -> str | None:
    """What is wrong with the ledger as a whole; None if nothing is."""
    return f"the whole ledger sums to {format_money(totals.units)}, not to zero" if totals.units else None


def transaction_problem(transaction: TransactionDocument) -> str | None:
    """What is wrong with a transaction in itself; None if nothing is."""
    identity, entries = transaction["_id"], transaction["entries"]
    try:
        moved = sum(parse_money(entry["amount"]) for entry in entries)
    except ValueError as error:
        return f"{identity} can't be read: {error}"
    return f"{identity} is out of balance by {format_money(moved)}" if moved else None


def _has(held: Held) -> str:
    account, stream = held.booked
    return f"{account} of {stream} has {format_money(held.balance)} at record {held.sequence}"


def is_member(account: str) -> bool:
    """Whether an account of the ledger is a member's, not one of the house's."""
    return account.startswith("account/")


def shown_by(document: AccountDocument) -> Shown:
    return Shown(document["sequence"], parse_money(document["balance"]))


def read_shown(documents: Reads, held: Sequence[Held]) -> dict[Booked, Shown]:
    """What the documents of these members' accounts show, as far as there are any."""
    members = [each.booked for each in held if is_member(each.booked.account)]
    identities = [document_id("account", account.rpartition("/")[2]) for account, _ in members]
    found = cast("list[AccountDocument | None]", documents.get_many(identities))
    return {booked: shown_by(one) for booked, one in zip(members, found, strict=True) if one is not None}


def needed(held: Sequence[Held], shown: Mapping[Booked, Shown]) -> dict[str, int]:
    """How far the ledger must have come for a comparison: stream -> sequence."""
    wanted: dict[str, int] = {}
    for each in held:
        stream = each.booked.stream
        newest = shown[each.booked].sequence if each.booked in shown else 0
        wanted[stream] = max(wanted.get(stream, 0), each.sequence, newest)
    return wanted


def compare(documents: Reads, held: Sequence[Held], shown: Mapping[Booked, Shown]) -> Iterator[Compared]:
    """Each account, compared at the record as of which it is held.

    The documents must have reached that record before ``shown`` was read, and the ledger ``needed`` now.
    """
    for each in held:
        booked = each.booked
        document = shown.get(booked)
        due = each
        if document is not None and document.sequence > each.sequence:
            due = Held(booked, document.sequence, balance_at(documents, booked, document.sequence))
        yield Compared(each, balance_at(documents, booked, each.sequence), due, document)
