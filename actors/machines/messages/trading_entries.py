"""Owns the contents of entries about trading: orders placed, fills, positions, settlements.

Never says how much of it anybody else may see: the filter does.
Called by the union of contents, the trading slice, and whatever counts what was traded.

Quantities, prices and money are in the exchange's own units; a value is the sum of price x quantity. The
market is the entry's.
"""

from actors.machines.messages.base import Count, Identity, Message, Part, Price, Quantity
from actors.machines.messages.words import Side, TimeInForce


class OrderContent(Message):
    """An order was placed, in a book."""

    order_id: Identity
    contract_id: Identity
    side: Side
    price: Price
    quantity: Quantity
    time_in_force: TimeInForce


class Counterparty(Part):
    """Against whom how much of a fill was traded."""

    account_id: Identity
    quantity: int
    value: int


class FillContent(Message):
    """An order traded: all of its executions in one event of the market, which may be against several.

    ``challenge_id``: of the challenge that it was a trade of, 0 for a trade in a book.
    """

    order_id: Identity
    contract_id: Identity
    side: Side
    quantity: int
    value: int
    maker: bool
    counterparties: tuple[Counterparty, ...]
    challenge_id: Count = 0


class PositionContent(Message):
    """What a member holds of a contract became something (``opened``), or nothing again (``closed``).

    ``side`` is the position's: ``buy`` for who gains if the contract wins. ``quantity`` and ``value`` are
    those of the trade that opened or closed it; ``profit``, once it is closed, is that of all its trades.
    """

    opened: bool
    contract_id: Identity
    side: Side
    quantity: int
    value: int
    profit: int | None = None


class SettlementContent(Message):
    """A verdict on a market was applied to what a member had traded there.

    ``result`` is what all of it amounted to by this version of the verdict, before ``commission``. Versions
    from 2 on are corrections.
    """

    void: bool
    result: int
    commission: int
    version: Identity

    @property
    def outcome(self) -> str:
        """``won``, ``lost``, ``even`` or ``void``."""
        if self.void:
            return "void"
        if self.result == 0:
            return "even"
        return "won" if self.result > 0 else "lost"


class VoidedContent(Message):
    """A contract was taken out of its market: what the member had traded in it counts for nothing."""

    contract_id: Identity


class ChallengeContent(Message):
    """A member ``offered`` a challenge, ``accepted`` another's, had theirs ``taken``, or it ``ended``.

    ``side`` is the entry's member's. ``other_account_id``: of the other one, 0 where none is named yet.
    ``ending``: how it ended without a trade (a ``ChallengeState``).
    """

    step: str
    challenge_id: Identity
    contract_id: Identity
    side: Side
    price: Price
    quantity: Quantity
    other_account_id: Count
    ending: str = ""


TradingContent = (
    OrderContent | FillContent | PositionContent | SettlementContent | VoidedContent | ChallengeContent
)
