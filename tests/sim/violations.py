"""Owns how a run fails: one sentence about what must not be.

Never decides what that is.
Called by everything that looks at the simulated exchange.
"""


class ViolationError(Exception):
    """Something is as it must never be. The sentence says what and where."""


def require(holds: object, sentence: str, *values: object) -> None:
    """Raises ``ViolationError`` unless it holds; the sentence is made, with its values, only then."""
    if not holds:
        raise ViolationError(sentence.format(*values))
