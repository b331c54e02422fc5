"""Owns the canonical hash of machine states: equal histories give equal hashes in every process.

Never depends on addresses or hash seeds; mappings count in the order in which they were filled.
Called by the turn (state hashes) and by tests that compare a live state with a replayed one.
"""

import hashlib
from collections import deque
from typing import Final

import msgspec

VOLATILE: Final = frozenset({"answered", "streams"})
"""Attributes that the log does not determine, or that every stream shares."""


def canonical_hash(state: object) -> str:
    """SHA-256 (hex) over the state as JSON. Raises ``TypeError`` for what has no such form."""
    text = msgspec.json.encode(state, enc_hook=_form_of)
    return hashlib.sha256(text).hexdigest()


def _form_of(value: object) -> object:
    """The form of what JSON doesn't know: its own, a list, or its class with its attributes in order."""
    if isinstance(value, deque):
        return list(value)
    if (state_hash := getattr(value, "state_hash", None)) is not None:
        return state_hash()
    names = vars(value) if hasattr(value, "__dict__") else getattr(type(value), "__slots__", None)
    if not names:
        message = f"no canonical form for {type(value).__name__}"
        raise TypeError(message)
    return [type(value).__name__, *(getattr(value, name) for name in sorted(names) if name not in VOLATILE)]
