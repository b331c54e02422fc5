"""Owns the tests of reading the machines' tables: every form of them, and that none is missing.

Never tests what a table says: that is its machine's test.
Called by pytest.
"""

import re
from enum import StrEnum

import pytest

from scripts.diagrams.tables import Step, Table, machines, modules_with, read


class DoorLockState(StrEnum):
    OPEN = "open"
    SHUT = "shut"
    GONE = "gone"


class Pushed:
    pass


class Burnt:
    pass


OPEN, SHUT, GONE = DoorLockState
FORMS: list[tuple[Table, tuple[Step, ...]]] = [
    ({OPEN: frozenset({GONE, SHUT})}, (Step("open", "", "shut"), Step("open", "", "gone"))),
    ({None: {Pushed: OPEN}, SHUT: {}}, (Step(None, "Pushed", "open"),)),
    (
        {OPEN: {Pushed: frozenset({SHUT, OPEN}), Burnt: GONE}},
        (Step("open", "Pushed", "open"), Step("open", "Pushed", "shut"), Step("open", "Burnt", "gone")),
    ),
]


@pytest.mark.parametrize(("table", "steps"), FORMS)
def test_every_form_of_a_table_is_read_in_the_order_of_its_states(
    table: Table, steps: tuple[Step, ...]
) -> None:
    machine = read("actors.machines.door", table)
    assert (machine.module, machine.name) == ("actors.machines.door", "Door lock")
    assert machine.steps == steps


def test_where_it_begins_and_ends_is_known() -> None:
    made = read("door", {None: frozenset({SHUT}), SHUT: frozenset({OPEN}), OPEN: frozenset({SHUT})})
    assert (made.is_made, made.last) == (True, ("gone",))
    always = read("door", {OPEN: frozenset({SHUT}), SHUT: frozenset({OPEN, GONE}), GONE: frozenset({GONE})})
    assert (always.is_made, always.first, always.last) == (False, "open", ())


def test_every_enum_of_states_has_a_table_and_every_state_is_reached() -> None:
    enums = {
        each
        for module in modules_with(re.compile(r"^class \w+State\(StrEnum\)", re.MULTILINE))
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, StrEnum) and each.__name__.endswith("State")
    }
    tables = machines()
    assert sorted(tuple(state.value for state in enum) for enum in enums) == sorted(
        table.states for table in tables
    )
    for table in tables:
        reached = {step.after for step in table.steps} | (set() if table.is_made else {table.first})
        assert reached == set(table.states), table.module
