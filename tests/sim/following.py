"""Owns what members of a run do about each other: whom and what they follow, block and mute.

Never looks into the exchange: much of what is asked for is so already, or can't be.
Called by the work.
"""

from random import Random
from typing import Final

from actors.machines.messages.following import Block, Follow, FollowCommand, Mute, Unblock, Unfollow, Unmute

SHARE: Final = 0.04
"""How much of what members ask is about following."""
NOBODY: Final = 999_999


class Following:
    """Draws with a chance of their own: they lead no other."""

    def __init__(self, seed: int) -> None:
        self._chance = Random(f"following of {seed}")

    def is_next(self) -> bool:
        return self._chance.random() < SHARE

    def draw(self, members: list[int], markets: list[int], events: list[int]) -> FollowCommand:
        """Something about a member, a market or an event, one of these or none that there is."""
        chance, draw = self._chance, self._chance.random()
        member = chance.choice([*members, NOBODY])
        if draw < 0.6:
            kind, known = chance.choice((("member", members), ("market", markets), ("event", events)))
            name = f"{kind}/{chance.choice([*known, NOBODY])}"
            return Follow(name) if draw < 0.4 else Unfollow(name)
        return chance.choice((Block, Unblock, Mute, Unmute))(member)
