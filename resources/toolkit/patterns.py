"""Owns URL patterns with typed fields: ``/v3/markets/{ids:identities}/quotes``.

Never routes: the host does, by the same pattern without the types.
Called by resources, which declare patterns, and by the decisions, for the fields of a path.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from actors.machines import limits
from resources.toolkit.identities import one_identity, several_identities
from resources.toolkit.problems import not_found

_FIELD: Final = re.compile(r"{([a-z_]+):([a-z_]+)}")
_USERNAME: Final = re.compile(rf"[a-z0-9_-]{{{limits.USERNAME_LENGTH_MIN},{limits.USERNAME_LENGTH_MAX}}}")


class FieldKind(NamedTuple):
    """``parse`` makes the value of a text; 404 (``ProblemError``) for what nothing can be named."""

    name: str
    parse: Callable[[str], object]
    expression: str
    """What the text looks like, as a regular expression that JSON Schema knows."""
    example: str


def _username(text: str) -> str:
    if not _USERNAME.fullmatch(text):
        raise not_found()
    return text


KINDS: Final[Mapping[str, FieldKind]] = {
    kind.name: kind
    for kind in (
        FieldKind("identity", one_identity, r"^[1-9][0-9]{0,18}$", "1"),
        FieldKind("identities", several_identities, r"^[1-9][0-9]{0,18}(,[1-9][0-9]{0,18})*$", "1,2"),
        FieldKind("username", _username, f"^{_USERNAME.pattern}$", "ada"),
        FieldKind("word", str, r"^[A-Za-z0-9._-]+$", "word"),
    )
}


class Pattern:
    """A path with fields in braces, each with its kind; no trailing slash but that of ``/``."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.fields: Mapping[str, FieldKind] = {name: KINDS[kind] for name, kind in _FIELD.findall(text)}
        self.template = _FIELD.sub(r"{\1}", text)
        """The pattern without kinds, as routers and OpenAPI know it."""

    def parse(self, given: Mapping[str, str]) -> dict[str, object]:
        """The fields' values; raises ``ProblemError``."""
        return {name: kind.parse(given[name]) for name, kind in self.fields.items()}

    def path(self, **fields: object) -> str:
        """The path with these fields, as it is linked to: with a trailing slash."""
        path = self.template.format_map({name: str(value) for name, value in fields.items()})
        return path if path.endswith("/") else f"{path}/"
