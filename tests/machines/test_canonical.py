"""Owns the tests of the canonical hash: it sees every difference that counts, and no other.

Never tests a machine.
Called by pytest.
"""

from collections import deque

import pytest

from actors.machines.canonical import canonical_hash
from actors.machines.messages.parts import Fill


class Slotted:
    __slots__ = ("answered", "value")

    def __init__(self, value: object, answered: object = None) -> None:
        self.value = value
        self.answered = answered


class Plain:
    def __init__(self, value: object) -> None:
        self.value = value


class Hashing:
    def state_hash(self) -> str:
        return "mine"


SAME: list[tuple[object, object]] = [
    ({1: 2, 2: 3}, {1: 2, 2: 3}),
    (Slotted(1), Slotted(1, "volatile")),
    (Plain([1]), Plain([1])),
    (deque([1, 2]), [1, 2]),
    (Hashing(), Hashing()),
]
DIFFERENT: list[tuple[object, object]] = [
    ([1, 2], [2, 1]),
    ([[1], 2], [[1, 2]]),
    ("1", 1),
    (None, "None"),
    (True, 1),
    (Fill(1, 2, 3), Fill(1, 2, 4)),
    (Slotted(1), Slotted(2)),
    (Plain(1), Slotted(1)),
    ({1: 2}, {2: 1}),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_equal_states_have_equal_hashes(one: object, other: object) -> None:
    assert canonical_hash(one) == canonical_hash(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_states_have_different_hashes(one: object, other: object) -> None:
    assert canonical_hash(one) != canonical_hash(other)


@pytest.mark.parametrize("state", [object(), {(1, 2): 3}, [len]])
def test_what_has_no_canonical_form_is_an_error(state: object) -> None:
    with pytest.raises(TypeError):
        canonical_hash(state)
