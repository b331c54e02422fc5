"""Owns the rules on the shape of modules and functions: first lines, lengths, leftovers.

Never judges what code means.
Called by pytest.
"""

import ast
import re
from collections.abc import Mapping
from functools import cache
from typing import Final

import pytest

from tests.tidy.tree import ROOT, files, functions, length, modules, name_of

FUNCTION_LINES_MAX: Final = 70
FUNCTION_LINES_SOFT: Final = 40
SHARE_ABOVE_SOFT_MAX_PERCENT: Final = 3
FILE_LINES_MAX: Final = 500

# A file over the limit stands here with its reason.
LONG_FILES: Final[dict[str, str]] = {}

FIRST_LINES: Final = re.compile(r"Owns .*[.:]\s+Never .*[.:]\s+Called .*\.", re.DOTALL)
# Written in pieces, so that this file does not find itself.
LEFTOVERS: Final = {
    "an open end": re.compile("TO" + "DO|FIX" + "ME|X" + "XX|HA" + "CK"),
    "a test that doesn't run": re.compile(r"pytest\.(mark\.)?(sk" + r"ip|xf" + r"ail)|@unittest\.sk" + "ip"),
    "a path of one machine": re.compile(r"(?<![\w.}])/(wo" + r"rk|tm" + r"p|ro" + r"ot|ho" + r"me)/"),
}


def docstring_problem(source: str) -> str | None:
    """What is wrong with a module's first lines; None if they say owns, never, called."""
    if FIRST_LINES.match(ast.get_docstring(ast.parse(source)) or ""):
        return None
    return "a module starts with three lines: Owns ... / Never ... / Called ..."


@cache
def imported(source: str) -> set[str]:
    """The modules that a module imports, and the names that it takes from them: with dots."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{each.name}" for each in node.names)}
    return found


def who_does_not_call(name: str, sources: Mapping[str, str]) -> list[str]:
    """The files that a module's first lines name as its callers and that don't import it.

    What a package's first lines say is about all of it, so its callers are not looked at.
    """
    called = re.search(r"^Called .*$", ast.get_docstring(ast.parse(sources[name])) or "", re.MULTILINE)
    if called is None or name.endswith("__init__.py"):
        return []
    module = name.removesuffix(".py").replace("/", ".")
    files = re.findall(r"[\w./]+\.py\b", called[0])
    callers = {
        file: [source for other, source in sources.items() if f"/{other}".endswith(f"/{file}")]
        for file in files
    }
    return [file for file, found in callers.items() if not any(module in imported(each) for each in found)]


def leftovers(text: str) -> list[str]:
    """Each leftover found, as ``line: sentence``."""
    return [
        f"{number}: {what}"
        for number, line in enumerate(text.splitlines(), 1)
        for what, pattern in LEFTOVERS.items()
        if pattern.search(line)
    ]


def too_long(source: str, limit: int) -> list[str]:
    """The functions of more lines than the limit, as ``name (lines)``."""
    return [f"{node.name} ({length(node)})" for node in functions(source) if length(node) > limit]


@pytest.mark.parametrize(
    "source",
    [
        "",
        "x = 1",
        '"""Owns one line."""',
        '"""Owns a.\nNever b.\nUsed by c.\n"""',
        '"""Never b.\nOwns a.\nCalled by c.\n"""',
    ],
)
def test_a_module_without_the_three_lines_is_noticed(source: str) -> None:
    assert docstring_problem(source) is not None


def test_every_module_says_what_it_owns_never_does_and_who_calls_it() -> None:
    found = {name_of(path): docstring_problem(path.read_text()) for path in modules()}
    assert {name: problem for name, problem in found.items() if problem} == {}


@pytest.mark.parametrize(
    ("called", "wrong"),
    [
        ("Called by a/user.py.", []),
        ("Called by user.py, and by tests.", []),
        ("Called by a/nobody.py and by user.py.", ["a/nobody.py"]),
        ("Called by other.py; shown by user.py.", ["other.py"]),
        ("Called by pytest.", []),
    ],
)
def test_who_is_named_as_a_caller_and_is_none_is_noticed(called: str, wrong: list[str]) -> None:
    sources = {
        "a/user.py": "from a import it",
        "a/other.py": "import a",
        "a/it.py": f'"""Owns a.\n\nNever b.\n{called}\n"""',
        "a/__init__.py": '"""Owns a.\n\nNever b.\nCalled by other.py.\n"""',
    }
    assert who_does_not_call("a/it.py", sources) == wrong
    assert who_does_not_call("a/__init__.py", sources) == []


def test_who_is_named_as_a_caller_is_one() -> None:
    sources = {name_of(path): path.read_text() for path in modules()}
    found = {name: who_does_not_call(name, sources) for name in sources}
    assert {name: files for name, files in found.items() if files} == {}


def test_a_long_function_is_noticed() -> None:
    body = "    x = 1\n" * FUNCTION_LINES_MAX
    assert too_long(f"def f():\n{body}", FUNCTION_LINES_MAX) == ["f (71)"]
    assert too_long(f'def f():\n    """Text.\n\n    More.\n    """\n{body}', FUNCTION_LINES_MAX) == ["f (71)"]
    assert too_long(f"async def f():\n{body[:-10]}", FUNCTION_LINES_MAX) == []


def test_functions_fit_a_screen() -> None:
    found = {name_of(path): too_long(path.read_text(), FUNCTION_LINES_MAX) for path in modules()}
    assert {name: long for name, long in found.items() if long} == {}


def test_nearly_all_functions_are_short() -> None:
    sources = {name_of(path): path.read_text() for path in modules()}
    count = sum(len(functions(source)) for source in sources.values())
    long = {name: too_long(source, FUNCTION_LINES_SOFT) for name, source in sources.items()}
    above = sum(map(len, long.values()))
    assert above * 100 <= count * SHARE_ABOVE_SOFT_MAX_PERCENT, {name: f for name, f in long.items() if f}


def test_files_are_of_one_subject() -> None:
    lines = {name_of(path): len(path.read_text().splitlines()) for path in modules()}
    assert {name for name, count in lines.items() if count > FILE_LINES_MAX} == set(LONG_FILES)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("x = 1  # TO" + "DO: later", "an open end"),
        ("@pytest.mark.sk" + "ip", "a test that doesn't run"),
        ("    pytest.xf" + "ail('no')", "a test that doesn't run"),
        ("path = '/tm" + "p/file'", "a path of one machine"),
        ("see /wo" + "rk/main", "a path of one machine"),
    ],
)
def test_a_leftover_is_noticed(line: str, what: str) -> None:
    assert leftovers(line) == [f"1: {what}"]


@pytest.mark.parametrize("line", ["GET /v3/markets/", "see {base}/home/page", "http://e.org/wo" + "rk/x"])
def test_an_ordinary_line_is_left_alone(line: str) -> None:
    assert leftovers(line) == []


def test_nothing_is_left_over() -> None:
    ours = [path for path in files() if path != ROOT / "LICENSE"]
    assert len(ours) > 50
    found = {name_of(path): leftovers(path.read_text()) for path in ours}
    assert {name: left for name, left in found.items() if left} == {}
