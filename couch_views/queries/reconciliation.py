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
from couch_views.queries.ledger import Booked, LedgerReads, balance_at
from couch_views.queries.reading import Reads
from couch_views.shapes import AccountDocument, document_id


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
    """An account as the exchange, the ledger and its document have it, all at the same record.

    A document that is newer than ``held`` is compared with what is ``due`` at its own record. The house's
    accounts have no documents.
    """

    held: Held
    ledger: int
    shown: Shown | None
    due: int

    @property
    def problems(self) -> list[str]:
        """A sentence for each difference; empty if all agree."""
        return list(self._problems())

    def _problems(self) -> Iterator[str]:
        (account, stream), sequence, balance = self.held
        if self.ledger != balance:
            yield (
                f"{account} of {stream} has {format_money(balance)} at record {sequence},"
                f" {format_money(self.ledger)} in the ledger"
            )
        if self.shown is None:
            if is_member(account):
                yield f"{account} of {stream} has no document at record {sequence}"
        elif self.shown.balance != self.due:
            yield (
                f"{account} of {stream} has {format_money(self.due)} at record"
                f" {max(sequence, self.shown.sequence)}, {format_money(self.shown.balance)} in its document"
            )


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


def compare(
    documents: LedgerReads, held: Sequence[Held], shown: Mapping[Booked, Shown]
) -> Iterator[Compared]:
    """Each account, compared at the record as of which it is held.

    The documents must have reached that record before ``shown`` was read, and the ledger ``needed`` now.
    """
    for each in held:
        document = shown.get(each.booked)
        due = each.balance
        if document is not None and document.sequence > each.sequence:
            due = balance_at(documents, each.booked, document.sequence)
        yield Compared(each, balance_at(documents, each.booked, each.sequence), document, due)
