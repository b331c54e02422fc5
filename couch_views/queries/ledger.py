"""Owns the reads of the ledger: balances by account, stream and sequence, their total, transactions in order.

Never decides whether a balance is right: reconciliation compares it with the actors'.
Called by couch_views.queries.reconciliation, resources and ``make reconcile``.

Money comes in units of 1/10^8. The view sums its digits in three parts, six to each of the lower two, because
JavaScript's numbers are exact below 2^53 only; they are put together here, where integers have no limit.
"""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple, cast

from couch_views.json_values import Json
from couch_views.queries.keys import key_digits
from couch_views.queries.reading import Reads
from couch_views.shapes import TransactionDocument, document_id, transaction_document_id

DESIGN: Final = "ledger"
BALANCES: Final = "balances"
TRANSACTIONS_PER_READ: Final = 1_000
_MIDDLE: Final = 10**6
_HIGH: Final = 10**12
_POSITION_MAX: Final = 10**20 - 1


class Booked(NamedTuple):
    """One account of the ledger in one stream. A house account has a part in each stream of accounts."""

    account: str
    """``account/16``, ``external``, ``commission`` or ``clearing/7``."""
    stream: str


class Totals(NamedTuple):
    """The sum of all entries, which is zero, always; and how many transactions they belong to."""

    units: int
    transactions: int


def balance_at(documents: Reads, booked: Booked, sequence: int) -> int:
    """The account's balance as of a record of its stream, which the transactions must have reached."""
    key: list[Json] = [_key_of(booked.account), key_digits(_index_of(booked.stream))]
    sums = documents.reduce(DESIGN, BALANCES, start=key, end=[*key, key_digits(sequence)])
    return sum(units_of(value) for _, value in sums)


def balances_at(documents: Reads, positions: Mapping[str, int]) -> dict[Booked, int]:
    """The balance of every account that anything was ever booked on, as of a record of each stream.

    ``positions``: stream -> sequence, which the transactions must have reached.
    """
    streams = {key_digits(_index_of(stream)): stream for stream in positions}
    every: list[Json] = [{}]
    sums = documents.reduce(DESIGN, BALANCES, start=[], end=every, group_level=2)
    found: dict[Booked, int] = {}
    for key, value in sums:
        account, stream = cast("list[str]", key)
        if stream in streams:
            found[Booked(_name_of(account), streams[stream])] = units_of(value)
    # What was booked behind the position, perhaps while this was read, is no part of the balance there.
    for stream, sequence in positions.items():
        for booked in _booked_behind(documents, stream, sequence):
            found[booked] = balance_at(documents, booked, sequence)
    return found


def totals(documents: Reads) -> Totals:
    """Of everything that was ever booked."""
    every: list[Json] = [{}]
    sums = [value for _, value in documents.reduce(DESIGN, BALANCES, start=[], end=every)]
    return Totals(sum(map(units_of, sums)), sum(cast("list[int]", value)[-1] for value in sums))


def transactions(
    documents: Reads, stream: str, after: int = 0, upto: int = _POSITION_MAX
) -> Iterator[list[TransactionDocument]]:
    """The stream's transactions behind one record and up to another, in order, in lists of bounded length."""
    start = transaction_document_id(stream, after, _POSITION_MAX)
    end = transaction_document_id(stream, upto, _POSITION_MAX)
    while identities := documents.identities(start=start, end=end, limit=TRANSACTIONS_PER_READ):
        found = documents.get_many(identities)
        yield [cast("TransactionDocument", document) for document in found if document is not None]
        start = identities[-1] + "0"


def units_of(value: Json) -> int:
    """Money from the three parts of a sum."""
    high, middle, low, _ = cast("list[int]", value)
    return high * _HIGH + middle * _MIDDLE + low


def _booked_behind(documents: Reads, stream: str, sequence: int) -> set[Booked]:
    return {
        Booked(entry["account"], stream)
        for some in transactions(documents, stream, sequence)
        for transaction in some
        for entry in transaction["entries"]
    }


def _index_of(stream: str) -> int:
    return int(stream.rpartition("-")[2])


def _key_of(account: str) -> str:
    """``account/16`` -> ``account00000000000000000016``, as the map function writes it."""
    kind, _, number = account.partition("/")
    return document_id(kind, number)


def _name_of(key: str) -> str:
    kind = key.rstrip("0123456789")
    number = int(key[len(kind) :])
    return f"{kind}/{number}" if number else kind
