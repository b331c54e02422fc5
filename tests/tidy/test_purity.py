"""Owns the rule that machines are pure: integers, no order of a set, no chance, no outside world.

Never runs a machine: it reads its syntax.
Called by pytest.
"""

import ast
from collections.abc import Iterator
from typing import Final

import pytest

from tests.tidy.tree import ROOT, name_of

ALLOWED_IMPORTS: Final = {
    "actors",
    "bisect",
    "collections",
    "dataclasses",
    "decimal",
    "enum",
    "functools",
    "hashlib",
    "heapq",
    "itertools",
    "msgspec",
    "operator",
    "re",
    "types",
    "typing",
}
FORBIDDEN_IMPORTS: Final = "actors.processes"
FORBIDDEN_NAMES: Final = {
    "__import__": "reaches outside",
    "breakpoint": "reaches outside",
    "complex": "integers only",
    "eval": "reaches outside",
    "exec": "reaches outside",
    "float": "integers only",
    "globals": "reaches outside",
    "hash": "differs from process to process",
    "id": "differs from process to process",
    "input": "reaches outside",
    "open": "reaches outside",
    "print": "reaches outside",
    "round": "rounding has one stated place, with decimal",
}
# What hands on the order in which a set happens to be; sorted, len, min, max and sum do not.
ORDER_KEEPERS: Final = {"enumerate", "filter", "iter", "list", "map", "next", "reversed", "tuple", "zip"}
SET_MAKERS: Final = {"set", "frozenset"}
SET_TYPES: Final = {"set", "frozenset", "Set", "AbstractSet", "MutableSet"}
SET_METHODS: Final = {"union", "intersection", "difference", "symmetric_difference"}


def problems(source: str) -> list[str]:
    """What a machine's module does that a pure module may not, as ``line: sentence``."""
    tree = ast.parse(source)
    sets = names_of_sets(tree)
    found: list[str] = []
    for node in ast.walk(tree):
        found.extend(
            f"{node.lineno}: {sentence}" for sentence in _of_node(node, sets) if hasattr(node, "lineno")
        )
    return sorted(found)


def _of_node(node: ast.AST, sets: set[str]) -> Iterator[str]:
    match node:
        case ast.Constant(value=float() | complex()):
            yield "a float literal: integers only"
        case ast.BinOp(op=ast.Div()) | ast.AugAssign(op=ast.Div()):
            yield "true division makes a float: use //"
        case ast.Name(id=name, ctx=ast.Load()) if name in FORBIDDEN_NAMES:
            yield f"{name}: {FORBIDDEN_NAMES[name]}"
        case ast.Import(names=names):
            yield from _of_imports([alias.name for alias in names])
        case ast.ImportFrom(module=module, level=level):
            yield from _of_imports([module or "relative import"] if level == 0 else ["relative import"])
        case ast.AsyncFunctionDef() | ast.Await():
            yield "async: a machine never waits"
        case ast.Global():
            yield "global state: a machine's state is its own"
        case _:
            yield from _of_iterations(node, sets)


def _of_imports(names: list[str]) -> Iterator[str]:
    for name in names:
        if name.partition(".")[0] not in ALLOWED_IMPORTS or name.startswith(FORBIDDEN_IMPORTS):
            yield f"import of {name}: not among what a machine may use"


def _of_iterations(node: ast.AST, sets: set[str]) -> Iterator[str]:
    sentence = "the order of a set is chance: sort it, or keep a dict"
    match node:
        case ast.For(iter=iterated) if is_set(iterated, sets):
            yield sentence
        case ast.Starred(value=iterated) if is_set(iterated, sets):
            yield sentence
        case ast.ListComp(generators=generators) | ast.DictComp(generators=generators):
            if any(is_set(generator.iter, sets) for generator in generators):
                yield sentence
        case ast.GeneratorExp(generators=generators):
            if any(is_set(generator.iter, sets) for generator in generators):
                yield sentence
        case ast.Call(func=ast.Name(id=name), args=arguments) if name in ORDER_KEEPERS:
            if any(is_set(argument, sets) for argument in arguments):
                yield sentence
        case ast.Call(func=ast.Attribute(attr="join"), args=[joined]) if is_set(joined, sets):
            yield sentence
        case ast.Call(func=ast.Attribute(value=value, attr="pop"), args=[]) if is_set(value, sets):
            yield sentence


def is_set(node: ast.expr, sets: set[str]) -> bool:
    """Whether an expression is a set as far as its syntax shows it."""
    match node:
        case ast.Set() | ast.SetComp():
            return True
        case ast.Call(func=ast.Name(id=name)):
            return name in SET_MAKERS
        case ast.Call(func=ast.Attribute(value=value, attr=name)):
            return name in SET_METHODS and is_set(value, sets)
        case ast.BinOp(left=left, op=ast.BitOr() | ast.BitAnd() | ast.Sub() | ast.BitXor(), right=right):
            return is_set(left, sets) or is_set(right, sets)
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name in sets
    return False


def names_of_sets(tree: ast.AST) -> set[str]:
    """Variables, attributes and parameters that are given a set or are declared to be one."""
    names: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.AnnAssign(target=ast.Name(id=name) | ast.Attribute(attr=name), annotation=annotation):
                if declares_set(annotation):
                    names.add(name)
            case ast.arg(arg=name, annotation=ast.expr() as annotation) if declares_set(annotation):
                names.add(name)
            case ast.Assign(targets=[ast.Name(id=name) | ast.Attribute(attr=name)], value=value):
                if is_set(value, names):
                    names.add(name)
    return names


def declares_set(annotation: ast.expr) -> bool:
    match annotation:
        case ast.Name(id=name) | ast.Subscript(value=ast.Name(id=name)):
            return name in SET_TYPES
    return False


@pytest.mark.parametrize(
    ("snippet", "word"),
    [
        ("half = 0.5", "float literal"),
        ("j = 2j", "float literal"),
        ("ratio = 1 / 2", "true division"),
        ("x = 4\nx /= 2", "true division"),
        ("price = float(text)", "float: integers only"),
        ("price: float", "float: integers only"),
        ("cents = round(amount)", "round"),
        ("bucket = hash(name) % 4", "hash"),
        ("key = id(order)", "id"),
        ("print(order)", "print"),
        ("data = open('x').read()", "open"),
        ("import time", "import of time"),
        ("import random as chance", "import of random"),
        ("from logging import getLogger", "import of logging"),
        ("from rabbit.log import Log", "import of rabbit"),
        ("from actors.processes import gateway", "import of actors.processes"),
        ("from . import book", "import of relative import"),
        ("async def decide(): ...", "async"),
        ("def f():\n    global x", "global state"),
        ("for name in {'a', 'b'}: pass", "order of a set"),
        ("for name in set(names): pass", "order of a set"),
        ("names = set()\nfor name in names: pass", "order of a set"),
        ("names: set[str]\nfor name in names: pass", "order of a set"),
        ("def f(names: frozenset[str]): return [n for n in names]", "order of a set"),
        ("class A:\n  def f(self): self.x = {1}; return tuple(self.x)", "order of a set"),
        ("names = {1} | other\nfirst = next(iter(names))", "order of a set"),
        ("text = ','.join({'a', 'b'})", "order of a set"),
        ("names = set()\nname = names.pop()", "order of a set"),
        ("f(*{1, 2})", "order of a set"),
        ("d = {n: 1 for n in set(names)}", "order of a set"),
    ],
)
def test_an_impure_snippet_is_noticed(snippet: str, word: str) -> None:
    assert any(word in problem for problem in problems(snippet)), problems(snippet)


@pytest.mark.parametrize(
    "snippet",
    [
        "x = 7 // 2",
        "import msgspec\nfrom actors.machines import limits\nfrom actors.machines.messages.base import Part",
        "names = set()\nok = 'a' in names",
        "for name in sorted({'a', 'b'}): pass",
        "names = set()\ncount = len(names)",
        "for name in {'a': 1}: pass",
        "order.id = 3\nx = order.id",
    ],
)
def test_a_pure_snippet_is_left_alone(snippet: str) -> None:
    assert problems(snippet) == []


@pytest.mark.parametrize("package", ["machines", "auditing"])
def test_machines_and_the_audit_are_pure(package: str) -> None:
    modules = sorted((ROOT / "actors" / package).rglob("*.py"))
    assert len(modules) > 10
    found = [f"{name_of(path)}:{problem}" for path in modules for problem in problems(path.read_text())]
    assert found == []
