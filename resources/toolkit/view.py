"""Owns what a representation is made from, and what a representation is.

Never knows a media type.
Called by the representations (toolkit/media), by resources, and by the decisions that make views.
"""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple, Protocol
from urllib.parse import quote

from resources.toolkit.http import HttpRequest
from resources.toolkit.visitor import Member

Content = Mapping[str, object]
_LOOKING: Final = frozenset({"GET", "HEAD"})
_QUERY_SAFE: Final = "=&%+,:._~-"
"""What may follow a path that a browser is sent to; all else is encoded."""


class Link(NamedTuple):
    """A link as RFC 8288 knows it; ``href`` is a reference relative to the host."""

    rel: str
    href: str
    title: str = ""
    type: str = ""


class Choice(NamedTuple):
    """One of the values that a field of a form may have, and what it is called."""

    value: str
    label: str


class Button(NamedTuple):
    """A further button of a form: what it is called, and where it sends the same fields instead."""

    title: str
    action: str


class FormUse(NamedTuple):
    """A form for a command of this or another resource, with what is known already.

    ``fixed`` fields are not shown; ``values`` are filled in; ``choices`` are offered instead of free text.
    ``buttons`` stand beside its own.
    """

    method: str
    pattern: str
    path: str
    fixed: Mapping[str, str] = {}
    values: Mapping[str, str] = {}
    choices: Mapping[str, Sequence[Choice]] = {}
    title: str = ""
    buttons: Sequence[Button] = ()


class Field(NamedTuple):
    """One input of a form. ``kind`` is the type of an HTML input, or ``select`` or ``lines``."""

    name: str
    label: str
    kind: str
    required: bool = False
    value: str = ""
    hint: str = ""
    error: str = ""
    limits: Mapping[str, str] = {}
    """Attributes of the input: ``min``, ``max``, ``minlength``, ``maxlength``, ``pattern``."""
    choices: Sequence[Choice] = ()


class Form(NamedTuple):
    """A form, ready to be shown; ``hidden`` are the fields that nobody sees."""

    action: str
    method: str
    title: str
    hidden: Mapping[str, str]
    fields: Sequence[Field]
    buttons: Sequence[Button] = ()


def here_of(path: str, request: HttpRequest) -> str:
    """What a browser shows by going there: of what was only looked at, with all that was asked for."""
    query = quote(request.query_string, safe=_QUERY_SAFE) if request.method in _LOOKING else ""
    return f"{path}?{query}" if query else path


class View(NamedTuple):
    """An answered request, as a representation shows it.

    ``path`` ends in a slash. ``aside`` is what only pages show. ``forms`` are made for pages only.
    ``template`` is the page's, where that isn't the resource's.
    """

    request: HttpRequest
    path: str
    fields: Mapping[str, object]
    visitor: Member | None
    status: int
    title: str
    content: Content
    aside: Content
    links: Sequence[Link] = ()
    forms: Sequence[Form] = ()
    template: str | None = None

    @property
    def here(self) -> str:
        """Where somebody comes back to who has to sign in first."""
        return here_of(self.path, self.request)


class Representation(Protocol):
    """One way to show a resource.

    ``name`` is what ``?format=`` calls it, ``media_type`` is sent as the type. ``personal``: it shows who is
    looking at it.
    """

    @property
    def name(self) -> str: ...

    @property
    def media_type(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def personal(self) -> bool: ...

    def render(self, view: View) -> bytes: ...
