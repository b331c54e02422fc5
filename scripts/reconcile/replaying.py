"""Owns an account stream's machines as its log makes them, at one record after another.

Never writes; begins with a snapshot where one is old enough, which proves itself.
Called by the reconciliation of what is stored.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

from actors.machines.account_stream.accounts import Accounts
from actors.machines.streams import Streams
from actors.processes.recovery import Replica
from actors.processes.snapshot_files import SnapshotFiles
from actors.processes.snapshots import Snapshot
from couch_views.projection.ledger import COMMISSION, EXTERNAL, clearing_account, member_account
from couch_views.queries.ledger import Booked
from couch_views.queries.reconciliation import Held
from rabbit.log import Log, LogCorruptError

RECORDS_PER_READ: Final = 64


class _OldEnough(SnapshotFiles):
    """The snapshots of records up to one."""

    def __init__(self, folder: Path, stream: str, last: int) -> None:
        super().__init__(folder, stream)
        self._last = last

    def newest_first(self, streams: Streams) -> Iterator[Snapshot]:
        return (found for found in super().newest_first(streams) if found.header.sequence <= self._last)


class Replaying:
    """The state of an account stream. ``advanced`` is told of every so many records that were passed."""

    def __init__(
        self, log: Log, name: str, snapshots: Path, first: int, advanced: Callable[[int], None]
    ) -> None:
        """``first`` is the first record that will be asked for: a later snapshot is of no use."""
        streams = Streams.of_names(log.streams())
        self._replica = Replica(name, streams, _OldEnough(snapshots, name, first))
        self._reader = log.reader(name)
        self._name = name
        self._advanced = advanced
        advanced(self._sequence)

    def go_to(self, sequence: int) -> None:
        """Replays up to this record. Raises what the log raises; ``LogCorruptError`` if it ends before."""
        while self._sequence < sequence:
            limit = min(RECORDS_PER_READ, sequence - self._sequence)
            records = self._reader.read(self._replica.position, limit)
            if not records:
                raise LogCorruptError(
                    f"stream {self._name} ends at record {self._sequence}, before record {sequence},"
                    " which documents show"
                )
            for record in records:
                self._replica.take(record)
            self._advanced(len(records))

    def held(self) -> Iterator[Held]:
        """What every account holds here, the house's first."""
        accounts = self._accounts
        yield self._held(EXTERNAL, accounts.external)
        yield self._held(COMMISSION, accounts.commission)
        for market_id, units in accounts.clearing.items():
            yield self._held(clearing_account(market_id), units)
        for account_id, account in accounts.accounts.items():
            yield self._held(member_account(account_id), account.balance)

    def members(self) -> Iterable[int]:
        """The ids of all members' accounts here."""
        return self._accounts.accounts.keys()

    def held_by(self, account_id: int) -> Held | None:
        """What one member holds here; None if there is no such member."""
        account = self._accounts.accounts.get(account_id)
        return None if account is None else self._held(member_account(account_id), account.balance)

    def close(self) -> None:
        self._reader.close()

    @property
    def _sequence(self) -> int:
        return self._replica.position.sequence

    @property
    def _accounts(self) -> Accounts:
        machines = self._replica.state.machines
        assert isinstance(machines, Accounts), "only streams of accounts are reconciled"
        return machines

    def _held(self, account: str, balance: int) -> Held:
        return Held(Booked(account, self._name), self._sequence, balance)
