"""Owns the rules that keep the documents true: links, configuration, targets, versions.

Never judges the prose.
Called by pytest.
"""

import re
import tomllib
from pathlib import Path
from typing import Final

import pytest

from actors.auditing.breaches import Rule
from tests.tidy.tree import ROOT, files, modules, name_of

VARIABLE: Final = re.compile(r"\b(?:CREDENCE_[A-Z_]+[A-Z]|COUCHDB_URL)\b")
LINK: Final = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING: Final = re.compile(r"^#+\s+(.*)$", re.MULTILINE)
FENCE: Final = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def configuration_table(readme: str) -> set[str]:
    """The variables that the README's table has a row for."""
    return set(re.findall(r"^\| `([A-Z_]+)` \|", readme, re.MULTILINE))


def targets(makefile: str) -> dict[str, str]:
    """Every target of the Makefile and its line of help (empty if it has none)."""
    lines = re.findall(r"^([a-z][a-z-]*):(?!=)[^#\n]*(?:## (.*))?$", makefile, re.MULTILINE)
    return dict(lines)


def anchors(markdown: str) -> set[str]:
    """The anchors that a page's headings get: lower case, words joined by hyphens."""
    headings = HEADING.findall(FENCE.sub("", markdown))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken_links(page: Path, markdown: str) -> list[str]:
    """Links within the repository that lead nowhere; links to the outside are not followed."""
    links = [link for link in LINK.findall(FENCE.sub("", markdown)) if not re.match(r"[a-z]+:", link)]
    return [link for link in links if not leads_somewhere(link, page, markdown)]


def leads_somewhere(link: str, page: Path, markdown: str) -> bool:
    path, _, anchor = link.partition("#")
    if not path:
        return anchor in anchors(markdown)
    target = page.parent / path
    return target.exists() and (not anchor or anchor in anchors(target.read_text()))


def test_a_row_of_the_table_is_found() -> None:
    assert configuration_table("text `CREDENCE_NO`\n| `CREDENCE_YES` | 1 | what |\n") == {"CREDENCE_YES"}


def test_the_table_of_configuration_has_every_variable_that_is_read() -> None:
    table = configuration_table((ROOT / "README.md").read_text())
    programs = [path for path in modules() if path.parent != Path(__file__).parent]
    read = {name for path in programs for name in VARIABLE.findall(path.read_text())}
    assert table == read


def section(markdown: str, heading: str) -> str:
    """What stands under a heading of the second level."""
    return markdown.split(f"\n## {heading}\n")[1].split("\n## ", maxsplit=1)[0]


def test_a_section_ends_where_the_next_begins() -> None:
    assert section("# Page\n\n## One\n\nfirst\n\n### Deeper\n\n## Two\n", "One") == "\nfirst\n\n### Deeper\n"


def test_the_table_of_the_audit_has_every_rule_that_can_be_breached() -> None:
    told = section((ROOT / "ARCHITECTURE.md").read_text(), "The auditor")
    rows = re.findall(r"^\| (`.*?) \|", told, re.MULTILINE)
    assert sorted(name for row in rows for name in re.findall(r"`([a-z-]+)`", row)) == sorted(Rule)


def test_the_glossary_is_in_the_order_of_the_alphabet() -> None:
    glossary = section((ROOT / "ARCHITECTURE.md").read_text(), "Glossary")
    _, _, *words = re.findall(r"^\| ?([^|]+?) ?\|", glossary, re.MULTILINE)
    assert words == sorted(words, key=str.lower)
    assert len(words) == len(set(words)) > 50


def test_the_contents_lead_to_every_section() -> None:
    page = (ROOT / "ARCHITECTURE.md").read_text()
    contents, _, _ = page.partition("\n## ")
    sections = re.findall(r"^## .*$", FENCE.sub("", page), re.MULTILINE)
    assert anchors("\n".join(sections)) <= {link.removeprefix("#") for link in LINK.findall(contents)}


def test_a_target_without_help_is_noticed() -> None:
    makefile = "x := 1\nrun: setup ## start\n\techo: no\ntest: setup\nSTAMP: lock\n"
    assert targets(makefile) == {"run": "start", "test": ""}


def test_every_target_has_a_line_of_help_and_is_phony() -> None:
    makefile = (ROOT / "Makefile").read_text()
    phony = set(re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[0].split())
    found = targets(makefile)
    assert {name for name, line in found.items() if not line} == set()
    assert set(found) == phony
    assert phony >= {"help", "setup", "run", "test", "check", "fmt", "replay", "bench", "clean"}


def test_the_changelog_tells_of_this_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    changelog = (ROOT / "CHANGELOG.md").read_text()
    assert re.search(rf"^## \[(Unreleased|{re.escape(version)})\]", changelog, re.MULTILINE)


@pytest.mark.parametrize(
    ("markdown", "broken"),
    [
        ("[a](nowhere.md)", ["nowhere.md"]),
        ("[a](#nothing)\n# Something", ["#nothing"]),
        ("[a](README.md#no-such-heading)", ["README.md#no-such-heading"]),
        ("[a](#some-thing-else)\n# Some thing, else", []),
        ("[a](README.md) [b](https://example.com) [c](tests/tidy)", []),
        ("```\n[a](nowhere.md)\n```", []),
    ],
)
def test_a_broken_link_is_noticed(markdown: str, broken: list[str]) -> None:
    assert broken_links(ROOT / "PAGE.md", markdown) == broken


def test_links_lead_somewhere() -> None:
    pages = [path for path in files() if path.suffix == ".md"]
    assert {ROOT / "README.md", ROOT / "ARCHITECTURE.md"} <= set(pages)
    found = {name_of(page): broken_links(page, page.read_text()) for page in pages}
    assert {name: links for name, links in found.items() if links} == {}
