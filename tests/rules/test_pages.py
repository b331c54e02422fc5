"""Owns the tests of finding scenarios in a page: their names, their lines, and pages that are not well made.

Never reads what a scenario says.
Called by pytest.
"""

from pathlib import Path

import pytest

from tests.rules.notation import RuleError
from tests.rules.pages import FOLDER, Scenario, pages, scenarios
from tests.rules.pages import PAGE as PAGE_OF_RULES

PAGE = """# Subject

## First rule

Words, and a block of another kind:

```sh
## not a heading
```

```rule
alice buys 1 at 50
```

And once more.

```rule
bob buys 1 at 50
```

### Deeper

```rule

carol buys 1 at 50
```
"""


@pytest.fixture
def page(tmp_path: Path) -> Path:
    return tmp_path / "subject.md"


def test_each_block_is_named_by_its_heading_and_knows_its_line(page: Path) -> None:
    page.write_text(PAGE)
    assert scenarios(page) == [
        Scenario("subject", "First rule", 12, "alice buys 1 at 50"),
        Scenario("subject", "First rule (2)", 18, "bob buys 1 at 50"),
        Scenario("subject", "Deeper", 24, "\ncarol buys 1 at 50"),
    ]
    assert scenarios(page)[1].title == "subject: First rule (2)"


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("```rule\nx\n```\n", 1, "stands below a heading"),
        ("# Only a title\n\n```rule\nx\n```\n", 3, "stands below a heading"),
        ("## A\n\n```rule\nx\n", 3, "never closed"),
        ("## A\n```rule\nx\n```\n## A\n```rule\nx\n```\n## A (2)\n```rule\nx\n```\n", 11, "two headings"),
    ],
)
def test_a_page_that_is_not_well_made_is_refused_at_its_line(
    page: Path, text: str, line: int, problem: str
) -> None:
    page.write_text(text)
    with pytest.raises(RuleError, match=problem) as refused:
        scenarios(page)
    assert refused.value.line == line


def test_every_rule_of_the_page_of_rules_has_its_example() -> None:
    rules = PAGE_OF_RULES.read_text().split("\n## The rules\n")[1].split("\n## ")[0]
    headings = [line[5:] for line in rules.splitlines() if line.startswith("#### ")]
    assert len(headings) > 20
    assert [each.name for each in scenarios(PAGE_OF_RULES)] == headings


def test_every_heading_of_a_page_beside_this_has_its_rule() -> None:
    for path in pages():
        if path.parent == FOLDER:
            headings = [line[3:] for line in path.read_text().splitlines() if line.startswith("## ")]
            assert {each.name.partition(" (")[0] for each in scenarios(path)} == set(headings), path.name
