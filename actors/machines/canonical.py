"""Owns the canonical hash of machine states: equal histories give equal hashes in every process.

Never depends on addresses or hash seeds; mappings count in the order in which they were filled.
Called by the turn (state hashes) and by tests that compare a live state with a replayed one.
"""

import hashlib
from collections import deque
from collections.abc import Callable
from functools import cache
from operator import attrgetter, methodcaller
from typing import Final

import msgspec

VOLATILE: Final = frozenset({"answered", "streams"})
"""Attributes that the log does not determine, or that every stream shares."""


def canonical_hash(state: object) -> str:
    """SHA-256 (hex) over the state as JSON. Raises ``TypeError`` for what has no such form."""
    text = msgspec.json.encode(state, enc_hook=_form_of)
    return hashlib.sha256(text).hexdigest()


def _form_of(value: object) -> object:
    """The form of what JSON doesn't know."""
    if isinstance(value, deque):
        return list(value)
    return _former(type(value))(value)  # type: ignore[arg-type] # a class has a hash, whatever its objects have


@cache
def _former(kind: type) -> Callable[[object], object]:
    """How this kind of thing is shown: in its own form, or as its class with its attributes in order."""
    if hasattr(kind, "state_hash"):
        return methodcaller("state_hash")
    name = kind.__name__
    slots = getattr(kind, "__slots__", None)
    if slots is None:
        return lambda value: [
            name,
            *(each for key, each in sorted(vars(value).items()) if key not in VOLATILE),
        ]
    # One call for all attributes; with a second one that of a single attribute is a tuple, too.
    attributes = attrgetter("__class__", *(slot for slot in sorted(slots) if slot not in VOLATILE))
    return lambda value: [name, *attributes(value)[1:]]
