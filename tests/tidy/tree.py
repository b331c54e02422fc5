"""Owns how the tidy tests see the repository: its files, its modules, its functions.

Never judges: the rules are in the test modules beside it.
Called by the tidy tests.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]

PACKAGES: Final = ("actors", "couch_views", "rabbit", "resources", "scripts", "tests")
HIDDEN_BUT_OURS: Final = {".ci", ".dockerignore", ".editorconfig", ".gitignore"}
NOT_OURS: Final = {"__pycache__", "build", "dist", "htmlcov", "node_modules", "var"}
TEXT_SUFFIXES: Final = {"", ".css", ".html", ".js", ".json", ".md", ".py", ".toml", ".yaml", ".yml"}

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


def files() -> list[Path]:
    """Every text file of the repository, the caches and the exchange's state left out."""
    return sorted(_walk(ROOT))


def _walk(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name in NOT_OURS or (path.name.startswith(".") and path.name not in HIDDEN_BUT_OURS):
            continue
        if path.is_dir():
            yield from _walk(path)
        elif path.suffix in TEXT_SUFFIXES:
            yield path


@cache
def modules() -> list[Path]:
    """Every Python module of the repository."""
    return [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def name_of(path: Path) -> str:
    """The path as people write it: from the root of the repository, with slashes."""
    return path.relative_to(ROOT).as_posix()


@cache
def functions(source: str) -> list[FunctionNode]:
    """Every function and method of a module, the inner ones too."""
    return [node for node in ast.walk(ast.parse(source)) if isinstance(node, FunctionNode)]


def length(node: FunctionNode) -> int:
    """Lines from ``def`` to the last line of the body, the docstring left out: it is no code."""
    assert node.end_lineno is not None
    lines = node.end_lineno - node.lineno + 1
    first = node.body[0]
    if ast.get_docstring(node) is not None:
        assert first.end_lineno is not None
        lines -= first.end_lineno - first.lineno + 1
    return lines
