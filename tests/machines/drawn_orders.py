"""Owns orders as chance draws them for tests of the whole: any type, any conditions that go with it.

Never judges what becomes of them.
Called by the tests of turns and of the audit, with hypothesis, and by histories with a seed.
"""

from typing import Final

from hypothesis import strategies as st
from msgspec import structs

from actors.machines.messages.commands import ChangeMarketState, Command, PlaceOrder, TurnInPlay
from actors.machines.messages.parts import Conditions
from actors.machines.messages.words import NEVER_RESTING, MarketState, SelfTrade, Side, TimeInForce
from tests.machines.town import LOT


def order_of(
    contract_id: int,
    side: Side,
    price: int,
    quantity: int,
    time_in_force: TimeInForce,
    conditions: Conditions,
    reference_id: str | None = None,
) -> PlaceOrder:
    """An order in market 1, with as much of the conditions as goes with its time in force."""
    timed = time_in_force is TimeInForce.GOOD_TIL_DATE
    possible = structs.replace(
        conditions,
        post_only=conditions.post_only and time_in_force not in NEVER_RESTING,
        good_til=conditions.good_til if timed else 0,
    )
    return PlaceOrder(1, contract_id, side, price, quantity, time_in_force, reference_id, possible)


ORDERS: Final = st.builds(
    order_of,
    st.integers(1, 3),
    st.sampled_from(Side),
    st.sampled_from([1000, 3000, 5000, 7000, 9000]),
    st.sampled_from([1, LOT, 30 * LOT, 900 * LOT]),
    st.sampled_from(TimeInForce),
    st.builds(
        Conditions,
        st.sampled_from([False, False, True]),
        st.sampled_from(SelfTrade),
        # A town's time begins a little before.
        st.integers(1_000_050, 1_005_000),
        st.sampled_from([0, 0, 0, 2, 3]),
    ),
    st.sampled_from([None, "a"]),
)
STEPS: Final[tuple[Command, ...]] = (
    TurnInPlay(1),
    ChangeMarketState(1, MarketState.HALTED),
    ChangeMarketState(1, MarketState.OPEN),
)
"""What staff does with market 1 in between."""
