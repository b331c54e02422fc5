"""Owns ids as clients write them: strings of decimal digits, several with commas between.

Never looks one up.
Called by resources, for path fields and for the shapes of bodies and queries.
"""

import re
from collections.abc import Sequence
from typing import Annotated, Final, NamedTuple, TypeVar

import msgspec

from actors.machines import limits
from resources.toolkit.problems import invalid, not_found

T = TypeVar("T")

_DIGITS: Final = r"^[1-9][0-9]{0,18}\Z"
_IDENTITY: Final = re.compile(_DIGITS)

Identity = Annotated[str, msgspec.Meta(pattern=_DIGITS, max_length=19)]
"""An id in a query parameter or in a list of ids."""
Identities = Annotated[tuple[Identity, ...], msgspec.Meta(max_length=limits.IDS_PER_REQUEST_MAX)]
GivenIdentity = Identity | Annotated[int, msgspec.Meta(ge=1)]
"""An id in a body: a string of digits, or the integer itself."""


def one_identity(text: str) -> int:
    """The one id in a path; whatever can't be one is unknown: 404."""
    if not _IDENTITY.match(text):
        raise not_found()
    return int(text)


class Several(NamedTuple):
    """The ids in a path, in the order asked for; ``single``: it was but one."""

    numbers: list[int]
    single: bool

    def __str__(self) -> str:
        return ",".join(map(str, self.numbers))

    @property
    def one(self) -> int:
        """The one id; several, or what can't be one, are unknown: 404."""
        if not self.single or not self.numbers:
            raise not_found()
        return self.numbers[0]

    def require_known(self, found: Sequence[T]) -> Sequence[T]:
        """What was found of them: unknown ones are left out, but a single unknown one is 404."""
        if self.single and not found:
            raise not_found()
        return found


def several_identities(text: str) -> Several:
    """Whatever can't be an id is as unknown as an id that nobody has; too many are 422."""
    parts = [part for part in text.split(",") if part]
    if len(parts) > limits.IDS_PER_REQUEST_MAX:
        raise invalid("ids", f"at most {limits.IDS_PER_REQUEST_MAX} ids can be asked for at once")
    numbers = [int(part) for part in dict.fromkeys(parts) if _IDENTITY.match(part)]
    return Several(numbers, single=len(parts) <= 1)
