"""Owns faults of exposure and of verdicts that the simulator must find, each planted into the real code.

Never leaves anything planted: the test's monkeypatch takes it out again.
Called by planted.py, which has them among all others.
"""

from collections.abc import Collection, Sequence
from typing import Final

import pytest

from actors.machines import limits
from actors.machines.account_stream import accounts_decide, position
from actors.machines.account_stream.accounts import Accounts
from actors.machines.account_stream.exposure import Holding, exposure
from actors.machines.account_stream.returns import decide_returns
from actors.machines.market_stream import settlement
from actors.machines.messages.events import AccountEvent
from actors.machines.messages.parts import Share
from actors.machines.messages.voiding import ContractVoidReached, StakesReturned


def fear_one_winner_only(patch: pytest.MonkeyPatch) -> None:
    """Where several win, the exposure is that of the worst of them alone."""

    def of_one(
        cash: int,
        holdings: Sequence[Holding],
        index: int,
        changed: Holding,
        _winner_count: int,
        _voided: Collection[int] = (),
    ) -> int:
        return exposure(cash, holdings, index, changed)

    patch.setattr(position, "exposure_of_several", of_one)


def pay_a_dead_heat_in_full(patch: pytest.MonkeyPatch) -> None:
    """All who share a place are paid as if they had it alone."""

    def shares(_places: int, contract_ids: Sequence[int]) -> tuple[Share, ...]:
        return tuple(Share(contract_id, limits.PRICE_SCALE) for contract_id in contract_ids)

    patch.setattr(settlement, "shares", shares)


def tell_only_who_traded(patch: pytest.MonkeyPatch) -> None:
    """Whoever has no filled order in a voided contract goes on fearing that it wins."""

    def returns(state: Accounts, message: ContractVoidReached) -> list[AccountEvent]:
        events = decide_returns(state, message)
        return [event for event in events if not isinstance(event, StakesReturned) or event.order_ids]

    patch.setattr(accounts_decide, "decide_returns", returns)


PLANTS: Final = (fear_one_winner_only, pay_a_dead_heat_in_full, tell_only_who_traded)
