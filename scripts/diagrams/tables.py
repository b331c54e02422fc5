"""Owns how the tables of the machines are read: every ``TRANSITIONS`` of actors.machines, in one form.

Never knows a machine by name: a module that declares a table is found, whatever it is called.
Called by the command that draws the diagrams, and by the report of the transitions that tests take.

A table says, for each state (``None``: before it is made), which may follow: a set of states, or for each
event (its class) the state or states that it leads to. Without a row for ``None`` it begins in its first.
"""

import importlib
import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from enum import StrEnum
from pathlib import Path
from types import ModuleType
from typing import Final, NamedTuple


class Step(NamedTuple):
    """One declared transition; ``cause`` is the name of the event, empty where the table names none."""

    before: str | None
    cause: str
    after: str


class Machine(NamedTuple):
    """One table: its module, what it is of, its states in order, its transitions in order."""

    module: str
    name: str
    states: tuple[str, ...]
    steps: tuple[Step, ...]

    @property
    def first(self) -> str:
        """The state in which it begins, where the table doesn't say what makes it."""
        return self.states[0]

    @property
    def is_made(self) -> bool:
        """Whether the table says what makes it; else it was always there."""
        return any(step.before is None for step in self.steps)

    @property
    def last(self) -> tuple[str, ...]:
        """The states that nothing leads out of."""
        left = {step.before for step in self.steps}
        return tuple(state for state in self.states if state not in left)


Row = AbstractSet[StrEnum] | Mapping[type, StrEnum | AbstractSet[StrEnum]]
Table = Mapping[StrEnum | None, Row]


FOLDER: Final = Path(__file__).resolve().parents[2] / "actors/machines"
DECLARED: Final = re.compile("^TRANSITIONS: Final", re.MULTILINE)


def machines() -> list[Machine]:
    """Every machine that has a table, by module. No other module is imported."""
    return [read(module.__name__, module.TRANSITIONS) for module in modules_with(DECLARED)]


def modules_with(pattern: re.Pattern[str]) -> list[ModuleType]:
    """The modules of machines whose text has this."""
    paths = [path for path in sorted(FOLDER.rglob("*.py")) if pattern.search(path.read_text())]
    names = [".".join(path.relative_to(FOLDER.parents[1]).with_suffix("").parts) for path in paths]
    return [importlib.import_module(name) for name in names]


def read(module: str, table: Table) -> Machine:
    """A table in the one form; states in the order in which their enum names them."""
    states = next(type(state) for state in table if state is not None)
    steps = tuple(step for before, row in table.items() for step in _steps(before, row))
    words = re.findall("[A-Z][a-z]*", states.__name__.removesuffix("State"))
    name = " ".join(words).capitalize().replace("Api", "API")
    return Machine(module, name, tuple(state.value for state in states), steps)


def _steps(before: StrEnum | None, row: Row) -> Iterator[Step]:
    start = None if before is None else before.value
    if not isinstance(row, Mapping):
        yield from (Step(start, "", after.value) for after in _in_order(row))
        return
    for cause, follows in row.items():
        for after in _in_order({follows} if isinstance(follows, StrEnum) else follows):
            yield Step(start, cause.__name__, after.value)


def _in_order(states: AbstractSet[StrEnum]) -> list[StrEnum]:
    """A set of states in the order in which their enum names them."""
    return [state for kind in {type(state) for state in states} for state in kind if state in states]
