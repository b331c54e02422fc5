"""Owns which parts of a member's text are links: addresses of the web, and members whom it names.

Never makes markup, and never escapes: templates do, piece by piece.
Called by the pages that show comments, and by their resources, for whom a text names.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator
from typing import Final, NamedTuple

from linkify_it import LinkifyIt  # type: ignore[import-untyped] # it has no types

from actors.machines import limits

_LINKS: Final = LinkifyIt(
    {"ftp:": None, "mailto:": None, "//": None},
    {"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False},
)
"""Only what begins with http:// or https:// is a link."""
_SCHEMES: Final = ("http://", "https://")
_MENTION: Final = re.compile(
    rf"(?<![\w@/.-])@([a-z0-9_-]{{{limits.USERNAME_LENGTH_MIN},{limits.USERNAME_LENGTH_MAX}}})(?![\w-])",
    re.IGNORECASE | re.ASCII,
)
_INVISIBLE: Final = "Cf"
"""The category of characters that are not seen, but change how others are."""


class Piece(NamedTuple):
    """A part of a text. ``href``: where it leads, if it does; ``elsewhere``: away from here."""

    text: str
    href: str = ""
    elsewhere: bool = False


def pieces(text: str, mentions: Collection[str]) -> list[Piece]:
    """The text in parts, nothing left out; of ``@username`` those lead somewhere that are mentioned."""
    found: list[Piece] = []
    at = 0
    for begin, end, address in _addresses(text):
        found += _named(text[at:begin], mentions)
        found.append(Piece(text[begin:end], address, elsewhere=True))
        at = end
    return [*found, *_named(text[at:], mentions)]


def named_in(text: str) -> list[str]:
    """The usernames that a text may mention, each once: so many as a comment may."""
    names = (
        match[1].lower()
        for piece in pieces(text, ())
        if not piece.href
        for match in _MENTION.finditer(piece.text)
    )
    return list(dict.fromkeys(names))[: limits.MENTIONS_PER_COMMENT_MAX]


def _addresses(text: str) -> Iterator[tuple[int, int, str]]:
    """Where links begin and end. One that doesn't look as what it is, is none."""
    for match in _LINKS.match(text) or ():
        address = str(match.url)
        hides = any(unicodedata.category(character) == _INVISIBLE for character in address)
        if address.lower().startswith(_SCHEMES) and not hides:
            yield match.index, match.last_index, address


def _named(text: str, mentions: Collection[str]) -> Iterator[Piece]:
    at = 0
    for match in _MENTION.finditer(text):
        username = match[1].lower()
        if username in mentions:
            if match.start() > at:
                yield Piece(text[at : match.start()])
            yield Piece(match[0], f"/v3/members/{username}/")
            at = match.end()
    if at < len(text):
        yield Piece(text[at:])
