"""Owns faults of exposure and of verdicts that the simulator must find, each planted into the real code.

Never leaves anything planted: the test's monkeypatch takes it out again.
Called by planted.py, which has them among all others.
"""

from collections.abc import Collection, Sequence
from typing import Final

import pytest

from actors.machines import limits, position, settlement
from actors.machines.exposure import Holding, exposure
from actors.machines.messages.parts import Share
from actors.machines.position import Position


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


def keep_the_stakes(patch: pytest.MonkeyPatch) -> None:
    """What was paid in a voided contract is not given back."""
    void = Position.void

    def void_but_keep(held: Position, contract_id: int, market_exposure: int) -> None:
        held.cashes.pop(contract_id, None)
        void(held, contract_id, market_exposure)

    patch.setattr(Position, "void", void_but_keep)


PLANTS: Final = (fear_one_winner_only, pay_a_dead_heat_in_full, keep_the_stakes)
