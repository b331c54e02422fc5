"""Owns the seal on what travels between processes: what isn't sealed with a tree's key is never unpickled.

Never hides anything; keeps nobody out who may read the key, which is in the file of the tree.
Called by corrections (Thespian's transports) and by transport (where a tree starts, and who joins it).

The ports of actors are on the loopback, where every user of the machine can reach them, and a pickle that is
read can do anything.
"""

import hmac
import pickle
import secrets
from collections import deque
from typing import Final

from thespian.system.transport.streamBuffer import ackDataErrPacket, ackPacket

KEY_BYTES: Final = 32
SEAL_BYTES: Final = 16
KEYS_KEPT_MAX: Final = 4
"""Of the last trees that this process joined: what is under way from the one before may still come."""

# What acknowledges a message is sent as it is. It is known, and not read.
_ACKNOWLEDGEMENTS: Final[dict[bytes, str]] = {
    pickle.dumps(word): word for word in (ackPacket, ackDataErrPacket)
}
_keys: Final[deque[bytes]] = deque([secrets.token_bytes(KEY_BYTES)], KEYS_KEPT_MAX)


class UnsealedError(Exception):
    """Somebody sent what no process of a known tree has sealed."""


def use(key: bytes) -> None:
    """From now on, new transports of this process (and of those that it forks) seal with this key."""
    if key in _keys:
        _keys.remove(key)
    _keys.append(key)


def key() -> bytes:
    """The key that new transports seal with."""
    return _keys[-1]


def dumps(message: object, sealed_with: bytes) -> bytes:
    """A message, pickled, behind its seal."""
    body = pickle.dumps(message)
    return _seal(body, sealed_with) + body


def loads(frame: bytes) -> object:
    """The message in a frame; raises ``UnsealedError`` before it looks at anything that nobody sealed."""
    if (acknowledgement := _ACKNOWLEDGEMENTS.get(frame)) is not None:
        return acknowledgement
    seal, body = frame[:SEAL_BYTES], memoryview(frame)[SEAL_BYTES:]
    if not any(hmac.compare_digest(seal, _seal(body, known)) for known in reversed(_keys)):
        raise UnsealedError("no process of this tree sent that")
    message: object = pickle.loads(body)  # noqa: S301 (its seal says whose it is)
    return message


def _seal(body: bytes | memoryview, sealed_with: bytes) -> bytes:
    return hmac.digest(sealed_with, body, "sha256")[:SEAL_BYTES]
