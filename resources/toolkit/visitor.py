"""Owns who a request comes from, and who a method is for.

Never decides whether somebody is who they say: the authority does.
Called by the whole toolkit, and by resources.
"""

from collections.abc import Mapping
from enum import Enum, unique
from typing import Final, Protocol

import msgspec

from actors.machines.account_stream.permissions import covers, may
from actors.machines.messages.words import Role, Scope


@unique
class Who(Enum):
    """Who may use a method of a resource.

    What a member may read, any of their API keys may; everything else that is for ``MEMBER``, and all that
    is for staff, takes somebody who signed in by password.
    """

    ANYONE = "anyone"
    MEMBER = "a signed-in member"
    TRADER = "a signed-in member, or an API key that may trade"
    STAFF = "staff"
    OPERATOR = "staff who run markets"
    TREASURER = "staff who move money"
    ADMIN = "staff who give roles"


ROLES: Final[Mapping[Who, Role]] = {
    Who.OPERATOR: Role.OPERATOR,
    Who.TREASURER: Role.TREASURER,
    Who.ADMIN: Role.ADMIN,
}
"""Methods for some of the staff -> the role that it takes."""
_SCOPES: Final[Mapping[Who, Scope]] = {Who.MEMBER: Scope.READ, Who.TRADER: Scope.READ}
_COMMAND_SCOPES: Final[Mapping[Who, Scope]] = {Who.TRADER: Scope.TRADE}


class Member(msgspec.Struct, frozen=True):
    """Who is signed in, as their token or API key says.

    ``generation`` is that of the session. ``staff``: the role that includes all others; ``roles``: those
    that were granted. ``scope`` is all for a session; ``api_key_id`` is 0 for one.
    """

    account_id: int
    username: str
    generation: int
    staff: bool
    roles: tuple[Role, ...] = ()
    scope: Scope = Scope.ALL
    api_key_id: int = 0

    @property
    def is_staff(self) -> bool:
        """Whether there is anything of the staff's that they may do."""
        return self.staff or bool(self.roles)

    def holds(self, role: Role) -> bool:
        """Whether they may do what takes this role; never by an API key.

        Roles are those that were heard of last. Before anything private is shown by them, the authority is
        to be asked to confirm.
        """
        return self.scope is Scope.ALL and may(self.staff, self.roles, role)


def why_not(who: Who, member: Member | None, *, reading: bool) -> str | None:
    """Why this is not for the member, in a sentence for a 403; None if it is.

    Nobody signed in is for the caller to judge (401) wherever it isn't for anyone.
    """
    if who is Who.ANYONE:
        return None
    assert member is not None, "who is not signed in was refused before"
    scope = (_SCOPES if reading else _COMMAND_SCOPES).get(who, Scope.ALL)
    if not covers(member.scope, scope):
        return f"An API key of scope {member.scope} is not for this: {who.value} may."
    role = ROLES.get(who)
    if (who is Who.STAFF and not member.is_staff) or (role is not None and not member.holds(role)):
        return f"This is for {who.value}."
    return None


class Authority(Protocol):
    """Knows members by what they show."""

    async def identify(self, authorization: str, address: str) -> Member:
        """Who the header says it is; 401 (``ProblemError``) if it isn't to be believed.

        ``address`` is where it comes from: whoever guesses there is soon refused (429).
        """

    async def confirm(self, member: Member) -> Member:
        """The same with the roles that they hold now; 401 if the session has been ended since.

        To be asked before whatever is read, and before whatever is for staff. Other commands needn't: the
        account's actor judges session and API key again.
        """


class Admission(Protocol):
    """Knows how much may be asked for, by whom."""

    def admit(self, member: Member | None, address: str, *, reading: bool, cost: int) -> Mapping[str, str]:
        """The headers that say how much may still be asked for, for whatever answer follows.

        429 or 503 (``ProblemError``) if this is too much now; then nothing is done. ``cost`` is what the
        method is declared to cost (``limits.COST_*``).
        """
