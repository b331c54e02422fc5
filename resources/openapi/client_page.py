"""Owns the page for authors of clients: its text, what is generated of it, as Markdown and as HTML.

Never serves it.
Called by resources/openapi/resources.py.

In the text ``@NAME@`` is a limit, and ``@FIELDS Shape@``, ``@WORDS Shape@`` and ``@PROBLEMS@`` are what the
OpenAPI document says.
"""

import re
from collections.abc import Callable, Mapping
from itertools import groupby
from pathlib import Path
from typing import Final

import msgspec
from markdown_it import MarkdownIt
from markupsafe import Markup

from actors.machines import limits
from resources.openapi.schemas import Schema
from resources.refusals import KINDS
from resources.toolkit.patterns import KINDS as KINDS_OF_FIELDS
from resources.toolkit.view import View

_TEXT: Final = Path(__file__).with_name("client.md")
_PLACE: Final = re.compile(r"@([A-Z_]+)(?: (\w+))?@")
_DAY_S: Final = 24 * 3600
_HOUR_US: Final = 3600 * 1_000_000


class Markdown(msgspec.Struct, frozen=True):
    """The text of a page as it is."""

    name: str = "markdown"
    media_type: str = "text/markdown; charset=utf-8"
    title: str = "Markdown"
    personal: bool = False

    def render(self, view: View) -> bytes:
        return str(view.content["text"]).encode()


def client_page(document: Schema) -> str:
    """The text, with what this OpenAPI document says."""
    generated: Mapping[str, Callable[[str], str]] = {
        "FIELDS": lambda shape: _fields(_schema(document, shape), document),
        "WORDS": lambda shape: _words(_schema(document, shape)),
        "PROBLEMS": lambda _: _problems(),
        "SESSION_DAYS": lambda _: str(limits.SESSION_LIFE_S // _DAY_S),
        "KEY_HOURS": lambda _: str(limits.KEY_KEPT_US // _HOUR_US),
    }

    def fill(place: re.Match[str]) -> str:
        name, shape = place[1], place[2]
        return generated[name](shape) if name in generated else str(getattr(limits, name))

    return _PLACE.sub(fill, _TEXT.read_text())


def as_html(markdown: str) -> Markup:
    """The text as a piece of a page that is well-formed XML, too; without its heading, which pages have."""
    _, _, body = markdown.partition("\n")
    # What is trusted here is ours: nothing of anybody else gets into the text.
    return Markup(MarkdownIt("commonmark", {"xhtmlOut": True}).enable("table").render(body))  # noqa: S704


def _schema(document: Schema, shape: str) -> Schema:
    components = document["components"]
    assert isinstance(components, dict)
    schema = components["schemas"][shape]
    assert isinstance(schema, dict)
    return schema


def _words(schema: Schema) -> str:
    words = schema["enum"]
    assert isinstance(words, list)
    return ", ".join(f"`{word}`" for word in words)


def _fields(schema: Schema, document: Schema) -> str:
    properties, required = schema["properties"], schema["required"]
    assert isinstance(properties, dict)
    assert isinstance(required, list)
    return "\n".join(
        f"- `{name}`{'' if name in required else ' (may be left out)'}: {_value(field, document)}"
        for name, field in properties.items()
    )


def _value(field: Schema, document: Schema) -> str:
    """What a field takes, in a few words."""
    match field:
        case {"$ref": str(reference), **rest}:
            words = _words(_schema(document, reference.rpartition("/")[2]))
            return f"{words}; `{rest['default']}` without it" if "default" in rest else words
        case {"anyOf": list(alternatives)}:
            return " or ".join(_value(each, document) for each in alternatives if each != {"type": "null"})
        case {"pattern": str(pattern)} if pattern == KINDS_OF_FIELDS["identity"].expression:
            return "an id"
        case {"type": "integer", "minimum": 1} if "maximum" not in field:
            return "the same as an integer"
        case {"type": "integer", "minimum": least, "maximum": most}:
            return f"an integer, {least} to {most}"
        case {"type": "integer"}:
            return "an integer"
        case {"type": "boolean", "default": default}:
            return f"true or false; {str(default).lower()} without it"
        case {"type": "string", "maxLength": most}:
            return f"a text of up to {most} characters"
    return "a text"


def _problems() -> str:
    ordered = sorted(KINDS.values(), key=lambda kind: kind.status)
    return "\n".join(
        f"- {status}: {', '.join(f'`{kind.error_type}`' for kind in group)}"
        for status, group in groupby(ordered, key=lambda kind: kind.status)
    )
