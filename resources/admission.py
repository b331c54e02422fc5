"""Owns who is let in when there is too much to do: each member's rate, and the hosts that can't keep up.

Never refuses staff, who must be able to stop everything; never knows what is asked.
Called by the toolkit's decisions, before anything of a request is parsed.
"""

from actors.machines.streams import account_stream_of_id
from actors.processes.gateway import Gateway
from resources.toolkit.admission import Gate
from resources.toolkit.problems import unavailable
from resources.toolkit.rates import Rates
from resources.toolkit.resource import Member


class MemberAdmission:
    """What a signed-in member may ask for now. ``commands`` is the gate that their commands have passed."""

    def __init__(self, gateway: Gateway, commands: Gate, rates: Rates) -> None:
        self._gateway = gateway
        self._commands = commands
        self._rates = rates

    def admit(self, member: Member, *, reading: bool) -> None:
        """429 or 503 (``ProblemError``) if this is too much now."""
        if member.staff:
            return
        self._rates.take(member.account_id)
        if reading or not self._commands.is_busy:
            return
        if self._gateway.is_late(account_stream_of_id(member.account_id)):
            raise unavailable("Nothing was done: more is asked for than can be done in time.")
