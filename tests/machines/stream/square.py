"""Owns a town with social streams, for the tests of members' activity.

Never hides a record: what a social stream wrote is read back from its bodies.
Called by the tests of the slices.
"""

from typing import Final

from actors.machines.messages.answers import Result
from actors.machines.messages.events import SocialStreamEvent
from actors.machines.messages.record import decode
from actors.machines.messages.social_commands import SocialCommand
from actors.machines.streams import Streams
from tests.machines.town import OpenTown

ONE: Final = Streams(2, 2, 1)
FOUR: Final = Streams(2, 2, 4)


class Square(OpenTown):
    """An open town whose streams are followed by one social stream, or by several."""

    def __init__(
        self,
        streams: Streams = ONE,
        commission: int = 0,
        *,
        contracts: tuple[str, ...] = ("Yes", "No"),
        cross_matching: bool = False,
    ) -> None:
        super().__init__(contracts, commission, streams, cross_matching=cross_matching)

    def told(self, account_id: int, command: SocialCommand) -> Result:
        """What a member's command is answered with."""
        (result,) = self.send(account_id, command)
        return result

    def written(self, kind: type[SocialStreamEvent]) -> list[SocialStreamEvent]:
        """All events of a kind that social streams wrote."""
        return [
            event
            for name in self.streams.social_names
            for body in self.bodies[name]
            for event in decode(body).events
            if isinstance(event, kind)
        ]
