"""Owns the planted faults of complementary contracts: sets that don't add up, and sets that are overlooked.

Never leaves anything planted: as in planted.py.
Called through planted.py.
"""

from collections.abc import Callable, Sequence
from typing import Final

import pytest
from msgspec import structs

from actors.machines.book import sets
from actors.machines.limits import PRICE_MAX
from actors.machines.messages.parts import SetFill


def keep_a_tick(patch: pytest.MonkeyPatch) -> None:
    """Who arrives trades a set at a tick more than is missing."""
    make = sets.set_of

    def dearer(makers: Sequence[sets.SetQueue], execution_id: int, price: int, quantity: int) -> SetFill:
        made = make(makers, execution_id, price, quantity)
        return structs.replace(made, price=min(made.price + 1, PRICE_MAX))

    patch.setattr(sets, "set_of", dearer)


def overlook_a_set(patch: pytest.MonkeyPatch) -> None:
    """What comes to rest in a contract is not known to the others."""
    patch.setattr(sets.SetBooks, "touched", lambda *_: None)


def end_without_sets(patch: pytest.MonkeyPatch) -> None:
    """As an auction ends each contract trades by itself, and then the market opens, whatever is left."""
    patch.setattr("actors.machines.market_stream.market_life.decide_sets", lambda *_: iter(()))


PLANTS: Final[tuple[Callable[[pytest.MonkeyPatch], None], ...]] = (
    keep_a_tick,
    overlook_a_set,
    end_without_sets,
)
