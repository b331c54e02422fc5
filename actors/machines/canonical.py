"""Owns the canonical hash of machine states: equal states give equal hashes in every process.

Never depends on addresses, hash seeds or the order in which a mapping was filled.
Called by the turn (state hashes) and by tests that compare a live state with a replayed one.
"""

import hashlib
from collections import deque
from collections.abc import Iterator
from enum import Enum

import msgspec

VOLATILE = frozenset({"answered", "streams"})
"""Attributes that the log does not determine, or that every stream shares."""


def canonical_hash(state: object) -> str:
    """SHA-256 (hex) over the canonical text of a state."""
    digest = hashlib.sha256()
    for piece in _pieces(state):
        digest.update(piece.encode())
        digest.update(b"\x00")
    return digest.hexdigest()


def _pieces(value: object) -> Iterator[str]:
    match value:
        case None | bool() | int() | str() | Enum():
            yield f"{type(value).__name__}:{value}"
        case msgspec.Struct():
            yield msgspec.json.encode(value).decode()
        case dict():
            yield f"dict:{len(value)}"
            for key in sorted(value):
                yield from _pieces(key)
                yield from _pieces(value[key])
        case list() | tuple() | deque():
            yield f"list:{len(value)}"
            for item in value:
                yield from _pieces(item)
        case _ if hasattr(value, "state_hash"):
            yield value.state_hash()
        case _ if hasattr(value, "__dict__") or hasattr(value, "__slots__"):
            yield type(value).__name__
            names = vars(value) if hasattr(value, "__dict__") else getattr(type(value), "__slots__", ())
            for name in sorted(names):
                if name not in VOLATILE:
                    yield name
                    yield from _pieces(getattr(value, name))
        case _:
            message = f"no canonical form for {type(value).__name__}"
            raise TypeError(message)
