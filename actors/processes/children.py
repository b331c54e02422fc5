"""Owns the table of the exchange's own children: a host for every stream, its followers.

Never holds how a child is kept running (supervision) or what it does.
Called by the root, which starts a supervisor of this table.
"""

from typing import Final

from actors.processes.auditor import AuditorShell
from actors.processes.host import Host
from actors.processes.keeper import KeeperShell
from actors.processes.lendable_host import LendableHost
from actors.processes.projector import ProjectorShell
from actors.processes.social_host import SocialHost
from actors.processes.supervision import Rule
from actors.processes.supervisor import Child, Supervisor

PROJECTOR: Final = "projector"
KEEPER: Final = "keeper"
AUDITOR: Final = "auditor"
RECOVERED_WITHIN_S: Final = 600.0
"""A host is ready when it has replayed its whole stream."""
KEEPER_SILENT_S_MAX: Final = 120.0
"""The keeper writes a stream's state in one go, and lets everybody else go first."""


class ExchangeSupervisor(Supervisor):
    """The supervisor of a whole exchange."""

    keeper = KEEPER

    def table(self) -> tuple[Child, ...]:
        streams = self.settings.streams
        host = Host if self.settings.log == "sqlite" else LendableHost  # files can't be shared by machines
        hosts = tuple(
            Child(
                Rule(stream, ready_within_s=RECOVERED_WITHIN_S),
                SocialHost if stream in streams.social_names else host,
                (stream,),
            )
            for stream in streams.names
        )
        return (
            *hosts,
            Child(Rule(PROJECTOR), ProjectorShell),
            Child(Rule(KEEPER, silent_s_max=KEEPER_SILENT_S_MAX), KeeperShell),
            Child(Rule(AUDITOR), AuditorShell),
        )
