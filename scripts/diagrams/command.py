"""Owns the command that draws every machine's table as a diagram into ARCHITECTURE.md, between two markers.

Never touches a line outside of them.
Called by ``python -m scripts.diagrams``; a test fails when the page is behind the tables.
"""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Final

from scripts.diagrams.tables import Machine, Step, machines

PAGE: Final = Path(__file__).resolve().parents[2] / "ARCHITECTURE.md"
BEGIN: Final = "<!-- diagrams: written by `make diagrams`, from here -->"
END: Final = "<!-- diagrams: to here -->"


def main() -> int:
    PAGE.write_text(drawn_into(PAGE.read_text(), machines()))
    return 0


def drawn_into(page: str, tables: list[Machine]) -> str:
    """The page with these diagrams between its markers; ``ValueError`` if it hasn't got them once each."""
    if page.count(BEGIN) != 1 or page.count(END) != 1 or page.index(BEGIN) > page.index(END):
        message = f"the page needs these two lines, once each, in this order: {BEGIN} {END}"
        raise ValueError(message)
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n\n{''.join(section(each) for each in tables)}{END}{after}"


def section(machine: Machine) -> str:
    """A heading, where the table stands, and the diagram."""
    path = f"{machine.module.replace('.', '/')}.py"
    lines = "\n".join(f"    {line}" for line in diagram(machine))
    head = f"#### {machine.name}\n\nThe table, and what it means: [{path}]({path}).\n\n"
    return f"{head}```mermaid\nstateDiagram-v2\n{lines}\n```\n\n"


def diagram(machine: Machine) -> Iterator[str]:
    """The lines of a state diagram; events that lead the same way share an arrow."""
    if not machine.is_made:
        yield f"[*] --> {machine.first}"
    ways = sorted(machine.steps, key=lambda step: _place(machine, step))
    for (before, after), steps in groupby(ways, key=lambda step: (step.before, step.after)):
        causes = ", ".join(step.cause for step in steps if step.cause)
        arrow = f"{before or '[*]'} --> {after}"
        yield f"{arrow} : {causes}" if causes else arrow
    yield from (f"{state} --> [*]" for state in machine.last)


def _place(machine: Machine, step: Step) -> tuple[int, int]:
    before = -1 if step.before is None else machine.states.index(step.before)
    return before, machine.states.index(step.after)
