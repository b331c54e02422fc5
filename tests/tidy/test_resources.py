"""Owns the rule that resources declare: none makes a response, or says a status or a header by hand.

Never runs a resource: it reads its syntax.
Called by pytest.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.tidy.tree import ROOT

MAKERS: Final = ("toolkit", "middleware")
"""Where responses are made."""
NAMES: Final = {"HttpResponse", "set_header", "set_headers", "append_header", "set_cookie", "resp"}
KEYWORDS: Final = {"headers", "status"}


def by_hand(source: str) -> Iterator[str]:
    """What a resource says that is the toolkit's to say."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name | ast.Attribute | ast.alias):
            name = (
                node.id
                if isinstance(node, ast.Name)
                else node.attr
                if isinstance(node, ast.Attribute)
                else node.name
            )
            if name in NAMES:
                yield name
        elif isinstance(node, ast.Call):
            yield from (keyword.arg for keyword in node.keywords if keyword.arg in KEYWORDS)


def resources() -> list[Path]:
    folder = ROOT / "resources"
    return [path for path in folder.rglob("*.py") if path.relative_to(folder).parts[0] not in MAKERS]


@pytest.mark.parametrize("path", resources(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_resource_says_a_status_or_a_header_by_hand(path: Path) -> None:
    assert list(by_hand(path.read_text())) == []


@pytest.mark.parametrize(
    "canary",
    [
        "from resources.toolkit.http import HttpResponse",
        "resp.status = 418",
        "Outcome({}, {}, status=418)",
        "ProblemError(KIND, headers={})",
        "answer.set_header('a', 'b')",
    ],
)
def test_the_rule_finds_them(canary: str) -> None:
    assert list(by_hand(canary)) != []
