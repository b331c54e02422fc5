"""Owns what kind of exchange a seed draws: how many streams and members, which prices, how busy.

Never draws a single operation.
Called by the simulated exchange and by the work.
"""

from random import Random

import msgspec

from actors.machines.messages.parts import FULL_LADDER, LadderStep
from actors.machines.streams import Streams

LADDERS = (
    FULL_LADDER,
    (LadderStep(100, 9_900, 100),),
    (LadderStep(50, 1_000, 50), LadderStep(1_100, 9_900, 100)),
)


class Habits:
    """One seed's habits. Amounts in 1/10^8 of a currency unit, quantities in 1/10000."""

    def __init__(self, seed: int) -> None:
        chance = Random(f"habits of {seed}")
        self.streams = Streams(chance.choice((1, 2, 2, 4)), chance.choice((1, 2, 2)))
        # Of its own, so that it leads no other draw elsewhere.
        social = Random(f"social streams of {seed}").choice((0, 1, 1, 2, 4))
        self.streams = msgspec.structs.replace(self.streams, social=social)
        self.members = chance.choice((2, 4, 8, 16))
        self.pace_us = chance.choice((100, 400, 1_500, 10_000))
        """The mean time from one request to the next."""
        self.calls_max = chance.choice((4, 32, 128))
        """Requests under way, past which nobody asks for more."""
        self.batch_max = chance.choice((1, 5, 20))
        self.markets_max = chance.choice((1, 2, 5))
        """Markets that are not over, past which none is made."""
        self.staff_share = chance.choice((0.005, 0.02, 0.05))
        self.middle = chance.choice((300, 3_000, 5_000, 9_000))
        self.spread = chance.choice((1, 4, 20))
        """Prices lie within so many steps of the middle."""
        self.step = chance.choice((1, 100))
        self.ladder = chance.choice(LADDERS) if self.step == 100 else FULL_LADDER
        self.quantity_max = chance.choice((3, 10_000, 2_000_000))
        self.funds = self.quantity_max * 10_000 * chance.choice((2, 20, 200))
        self.keep_keys = chance.choice((0.0, 0.5, 1.0))
        """How many of the requests carry a key of the client's own."""
        self.resting_max = chance.choice((20, 60, 150))
        """Live orders of a member, past which some are cancelled rather than more placed."""
        self.snapshot_records = chance.choice((100, 400, 1_500))
        """After so many records of a stream the keeper writes a snapshot."""
        self.unfenced = chance.random() < 0.5
        """The log is like a broker, where what a replaced writer published may arrive late."""
