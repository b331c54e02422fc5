"""Owns what a host has taken of what it was asked, so that it knows what it surely hasn't.

Never keeps a request, only the highest number of each gateway.
Called by the host, which turns away what waits too long for a log that is away.
"""

from collections.abc import Hashable
from typing import Final

GATEWAYS_MAX: Final = 64
"""More than are at work at a time: of those before, nothing can come any more."""


class Taken:
    """What this process has taken, by whom it was asked: nobody is told of that that nothing happened.

    A message that its way has doubled comes a second time, maybe after its request was taken.
    """

    def __init__(self) -> None:
        self._newest: dict[Hashable, int] = {}

    def note(self, gateway: Hashable, correlation: int) -> None:
        """This request of the gateway's is about to be taken."""
        self._newest[gateway] = max(self._newest.pop(gateway, 0), correlation)
        if len(self._newest) > GATEWAYS_MAX:
            del self._newest[next(iter(self._newest))]

    def surely_lacks(self, gateway: Hashable, correlation: int) -> bool:
        """Whether this request has never been taken here: a gateway numbers its requests upwards."""
        return correlation > self._newest.get(gateway, 0)
