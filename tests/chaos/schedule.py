"""Owns what is done to the exchange and when, drawn from a seed before anything starts.

Never does it.
Called by the command.
"""

import random
from collections.abc import Mapping
from enum import StrEnum, unique
from typing import Final, NamedTuple

SOON_S: Final = (0.02, 0.4)
"""So soon after the kill before that it falls into the recovery."""
LATER_S: Final = (1.0, 5.0)
SOON: Final = 0.25
"""The share of steps that come soon."""


@unique
class Deed(StrEnum):
    """What can be done to an exchange; all but a kill holds for a while and is then undone."""

    KILL = "kill -9"
    BROKER_KILLED = "the broker is killed"
    BROKER_PAUSED = "the broker is paused"
    CONNECTIONS_CUT = "the broker's connections are cut"
    BROKER_ALARM = "the broker's disk alarm"
    DISK_FULL = "the disk under the log is full"
    DOCUMENTS_DOWN = "the document server is down"


class Step(NamedTuple):
    """``wait_s`` after the step before, ``deed`` is done."""

    wait_s: float
    deed: Deed


def make_schedule(chance: random.Random, counts: Mapping[Deed, int]) -> list[Step]:
    """All deeds in a random order, at random moments."""
    deeds = [deed for deed, count in counts.items() for _ in range(count)]
    chance.shuffle(deeds)
    return [Step(chance.uniform(*(SOON_S if chance.random() < SOON else LATER_S)), deed) for deed in deeds]


def lasts_s(schedule: list[Step], holds_s: Mapping[Deed, float]) -> float:
    """How long a schedule takes, roughly."""
    return sum(wait_s + holds_s.get(deed, 0.0) for wait_s, deed in schedule)
