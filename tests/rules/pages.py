"""Owns how scenarios stand in a page of Markdown: each block marked ``rule`` is one, named by its heading.

Never reads the prose around them, nor what a scenario says.
Called by the tests of the rules.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from tests.rules.notation import RuleError
from tests.tidy.tree import ROOT

FOLDER: Final = Path(__file__).parent
PAGE: Final = ROOT / "ARCHITECTURE.md"
"""The page of rules has its examples in the same form; they are run from there."""
HEADING: Final = re.compile(r"#{2,6} (.+)")
OPENS: Final = "```rule"
FENCE: Final = "```"


class Scenario(NamedTuple):
    """A block of a page; ``first`` is the line of its first line."""

    page: str
    name: str
    first: int
    text: str

    @property
    def title(self) -> str:
        """How its test is called."""
        return f"{self.page}: {self.name}"


def pages() -> list[Path]:
    """All pages that have rules."""
    return [*sorted(path for path in FOLDER.glob("*.md") if path.name != "README.md"), PAGE]


def scenarios(page: Path) -> list[Scenario]:
    """The scenarios of a page in their order; a second one below a heading has its number in its name."""
    found: dict[str, Scenario] = {}
    for heading, first, text in _blocks(page.read_text()):
        same = sum(1 for each in found.values() if each.name.partition(" (")[0] == heading)
        name = f"{heading} ({same + 1})" if same else heading
        if name in found:
            raise RuleError(first, f"{page.name} has two headings {heading!r}: tests are named by them")
        found[name] = Scenario(page.stem, name, first, text)
    return list(found.values())


def _blocks(text: str) -> Iterator[tuple[str, int, str]]:
    """Heading, first line and text of each block marked as a rule."""
    heading, opened, kept = "", 0, list[str]()
    fenced = False
    for number, line in enumerate(text.splitlines(), 1):
        if opened and line == FENCE:
            yield heading, opened + 1, "\n".join(kept)
            opened, kept = 0, []
        elif opened:
            kept.append(line)
        elif line == OPENS:
            if not heading:
                raise RuleError(number, "a rule stands below a heading, which names it")
            opened = number
        elif line.startswith(FENCE):
            fenced = not fenced
        elif not fenced and (match := HEADING.fullmatch(line)):
            heading = match[1]
    if opened:
        raise RuleError(opened, "this block is never closed")
