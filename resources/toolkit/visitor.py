"""Owns who a request comes from, and who a method is for.

Never decides whether somebody is who they say: the authority does.
Called by the whole toolkit, and by resources.
"""

from enum import Enum, unique

import msgspec


@unique
class Who(Enum):
    """Who may use a method of a resource."""

    ANYONE = "anyone"
    MEMBER = "a signed-in member"
    STAFF = "staff"


class Member(msgspec.Struct, frozen=True):
    """Who is signed in, as the token says; ``generation`` is that of the session."""

    account_id: int
    username: str
    generation: int
    staff: bool
