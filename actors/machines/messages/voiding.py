"""Owns the messages by which one contract is taken out of its market, and what was staked there given back.

Never decides anything.
Called by the market machine, the post, the account machine and every follower of the log.
"""

from typing import Annotated

import msgspec

from actors.machines import limits
from actors.machines.messages.base import Identity, Message


class VoidContract(Message):
    """Staff takes a contract out of a market that is not settled yet: it can neither win nor lose."""

    market_id: Identity
    contract_id: Identity
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=limits.REASON_LENGTH_MAX)]


# Market streams.


class ContractVoided(Message):
    """Nothing trades in the contract any more; what rested there was cancelled, each by its own event."""

    market_id: Identity
    contract_id: Identity
    reason: str
    account_id: Identity
    request_id: Identity
    item: int


class ContractVoidAcknowledged(Message):
    market_id: Identity
    stream: str
    contract_id: Identity


# From a market stream to all account streams, and back.


class ContractVoidReached(Message):
    """A contract is voided; answered with ``ContractVoidApplied``."""

    market_id: Identity
    contract_id: Identity


class ContractVoidApplied(Message):
    """This account stream has given back what its accounts had staked in the contract."""

    market_id: Identity
    stream: str
    contract_id: Identity


# Account streams.


class StakesReturned(Message):
    """What a member traded in a voided contract counts for nothing; of all who ever ordered in the market.

    No money moves: none had, before the market is settled. ``order_ids`` are the filled orders that are now
    voided. ``exposure`` is the account's after the event, ``market_exposure`` its part in this market.
    """

    account_id: Identity
    market_id: Identity
    contract_id: Identity
    order_ids: tuple[int, ...]
    exposure: int
    market_exposure: int


class ContractVoidNoted(Message):
    """All accounts of this stream have their stakes in the contract back."""

    market_id: Identity
    contract_id: Identity


VoidingEvent = ContractVoided | ContractVoidAcknowledged
"""Of market streams."""
