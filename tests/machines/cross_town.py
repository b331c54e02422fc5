"""Owns a town whose market has complementary contracts, audited: for the tests of whoever deals with them.

Never judges a trade.
Called by the tests of the machines, of the audit and of the documents.
"""

from typing import Final

from actors.machines.messages.answers import OrderResult, Refused
from actors.machines.messages.commands import Deposit, PlaceOrder
from actors.machines.messages.parts import Conditions
from actors.machines.messages.words import SelfTrade, Side, TimeInForce
from actors.machines.streams import Streams
from tests.auditing.recorded import RecordedTown, audited
from tests.machines.town import LOT, UNIT

A, B, C = 1, 2, 3
PAST_OWN: Final = Conditions(self_trade=SelfTrade.CANCEL_MAKER)


class CrossTown(RecordedTown):
    """Alice, Bob and Carol with 1000 each, and contracts whose orders meet."""

    def __init__(self, contracts: int = 3, streams: Streams | None = None) -> None:
        super().__init__(tuple("ABCD"[:contracts]), streams=streams, cross_matching=True)
        self.carol = self.register("carol")
        self.send(self.staff, Deposit("carol", 1000 * UNIT))

    def order(
        self,
        account_id: int,
        contract_id: int,
        side: Side,
        price: int,
        quantity: int = LOT,
        time_in_force: TimeInForce = TimeInForce.GOOD_TIL_CANCELLED,
        conditions: Conditions | None = None,
    ) -> OrderResult | Refused:
        asked = PlaceOrder(
            1, contract_id, side, price, quantity, time_in_force, None, conditions or Conditions()
        )
        (result,) = self.send(account_id, asked)
        assert isinstance(result, OrderResult | Refused)
        return result

    def states(self, account_id: int) -> list[tuple[str, int]]:
        """State and executed quantity of each of a member's orders, in lots."""
        stream = next(
            name for name in self.streams.account_names if account_id in self.accounts(name).accounts
        )
        orders = self.accounts(stream).accounts[account_id].orders.values()
        return [(order.state.value, order.executed_quantity // LOT) for order in orders]

    def balances(self) -> tuple[int, int, int]:
        """What each member's balance has become, beyond the 1000."""
        alice, bob, carol = (self.money(each)[0] for each in (self.alice, self.bob, self.carol))
        return alice - 1000 * UNIT, bob - 1000 * UNIT, carol - 1000 * UNIT

    def assert_sound(self) -> None:
        """As of every town; and an auditor finds nothing in its log."""
        super().assert_sound()
        assert audited(self.entries, self.streams) == []
