"""Owns what a reconciliation tells while it goes on, and what it comes to.

Never reconciles.
Called by the ways of reconciling, and by the command.
"""

from typing import NamedTuple, Protocol


class Listener(Protocol):
    """Who is told how it goes: the bar and the lines of the command."""

    def expect(self, steps: int) -> None:
        """So much is to be done: records to replay, or accounts."""

    def advance(self, steps: int) -> None:
        """So much more is done."""

    def differs(self, what: str) -> None:
        """Something is not as it should be."""


class Reconciled(NamedTuple):
    """How much was compared, and as of which record of each stream; of several, the last one."""

    accounts: int
    transactions: int
    sequences: dict[str, int]
