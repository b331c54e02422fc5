"""Owns the tests of what the contents of entries about trading say by themselves.

Never tests what leads to an entry.
Called by pytest.
"""

import pytest

from actors.machines.messages.trading_entries import SettlementContent


@pytest.mark.parametrize(
    ("void", "result", "outcome"),
    [(False, 1, "won"), (False, -1, "lost"), (False, 0, "even"), (True, 0, "void")],
)
def test_the_outcome_of_a_settlement(void: bool, result: int, outcome: str) -> None:
    assert SettlementContent(void, result, 0, 1).outcome == outcome
