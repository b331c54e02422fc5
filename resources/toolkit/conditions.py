"""Owns entity tags, and what conditional requests ask of them.

Never makes a representation, never decides what follows.
Called by the decisions.

A tag names the state, and behind a dot the bytes where those are more than the state: a page shows who is
looking. ``If-None-Match`` asks for the same bytes; ``If-Match`` for the same state, in whatever form it was
seen.
"""

import re
from hashlib import blake2b
from typing import Final

_DIGEST_SIZE: Final = 12
_TAG: Final = re.compile(r'(?:W/)?"([\x21\x23-\x7e]*)"')
_ANY: Final = "*"


def tag_of(state: bytes, body: bytes) -> str:
    """The strong tag of these bytes, which show this state (the content as JSON)."""
    tag = blake2b(state, digest_size=_DIGEST_SIZE).hexdigest()
    if body is state:
        return f'"{tag}"'
    return f'"{tag}.{blake2b(body, digest_size=_DIGEST_SIZE).hexdigest()}"'


def is_known(if_none_match: str, tag: str) -> bool:
    """Whether the client has these bytes already."""
    return if_none_match == tag or if_none_match.strip() == _ANY or tag[1:-1] in _TAG.findall(if_none_match)


def is_current(if_match: str, tag: str | None) -> bool:
    """Whether what the client has seen is the state still; without a tag there is no state."""
    if tag is None:
        return False
    seen = {given.partition(".")[0] for given in _TAG.findall(if_match)}
    return if_match.strip() == _ANY or tag[1:-1].partition(".")[0] in seen
