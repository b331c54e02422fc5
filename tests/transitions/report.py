"""Owns what is known of the transitions that tests took, and how it is said.

Never runs a test: the plugin tells it what was taken, and by whom.
Called by the plugin.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from scripts.diagrams.tables import Machine, Step

NAMES_SHOWN: Final = 3

Taken = dict[str, dict[Step, dict[str, None]]]
"""Module of a table -> step -> the tests that took it, in the order in which they did."""


class Report:
    """Which declared transitions were taken."""

    def __init__(self, machines: Sequence[Machine]) -> None:
        self._machines = machines
        self._declared = {machine.module: frozenset(machine.steps) for machine in machines}
        self.taken: Taken = {machine.module: {} for machine in machines}

    def take(self, module: str, step: Step, test: str) -> None:
        """A test took a step; one that stays where it is counts only if the table names it."""
        if step.before == step.after and step not in self._declared[module]:
            return
        self.taken[module].setdefault(step, {})[test] = None

    def add(self, rows: Sequence[Sequence[str | None]]) -> None:
        """What another process of the run has seen, as ``rows`` gives it there."""
        for module, before, cause, after, test in rows:
            assert module is not None
            assert cause is not None
            assert after is not None
            assert test is not None
            self.take(module, Step(before, cause, after), test)

    def rows(self) -> list[list[str | None]]:
        """All that was seen, as it travels between processes."""
        return [
            [module, *step, test]
            for module, steps in self.taken.items()
            for step, tests in steps.items()
            for test in tests
        ]

    def problems(self) -> list[str]:
        """Declared transitions that no test took, and steps that were taken without being declared."""
        found: list[str] = []
        for machine in self._machines:
            taken = self.taken[machine.module]
            found.extend(
                f"{machine.name}: no test takes {said(step)}" for step in machine.steps if step not in taken
            )
            found.extend(
                f"{machine.name}: {said(step)} was taken, but is in no table"
                for step in taken
                if step not in self._declared[machine.module]
            )
        return found

    def lines(self, names_max: int | None = NAMES_SHOWN) -> Iterator[str]:
        """Every declared transition with the tests that took it, all of them for None."""
        for machine in self._machines:
            yield f"{machine.name} ({machine.module})"
            for step in machine.steps:
                tests = list(self.taken[machine.module].get(step, {}))
                yield f"  {said(step)}: {_named(sorted(tests), names_max)}"

    def summary(self) -> str:
        declared = sum(len(machine.steps) for machine in self._machines)
        problems = self.problems()
        taken = declared - sum("no test takes" in problem for problem in problems)
        return f"{taken} of {declared} declared transitions are taken by tests"


def said(step: Step) -> str:
    """``open -> closed by MarketClosed``."""
    start = step.before or "(nothing)"
    return f"{start} -> {step.after}" + (f" by {step.cause}" if step.cause else "")


def _named(tests: list[str], names_max: int | None) -> str:
    if not tests:
        return "NO TEST"
    shown = tests[:names_max]
    more = len(tests) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")
