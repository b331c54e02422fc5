"""Owns the faults of a run: which there are, how often this seed's strike, and when one does.

Never carries a fault out: whoever asks whether it strikes does.
Called by the fakes around the real cores, at every place where something can go wrong.
"""

from collections.abc import Mapping
from enum import StrEnum, unique
from random import Random
from typing import Final


@unique
class Fault(StrEnum):
    CONFIRM_LATE = "a confirm comes late"
    CONFIRM_LOST = "stored, but never confirmed"
    APPEND_LOST = "lost before it is stored"
    APPEND_STRAY = "stored later, perhaps after its writer was replaced"
    MESSAGE_LOST = "a message between processes is lost"
    MESSAGE_DOUBLED = "a message arrives twice"
    MESSAGE_LATE = "a message arrives late, behind younger ones"
    HOST_CRASH = "a host dies between two of its steps"
    HOST_REPLACED = "a host that still lives is replaced"
    RECOVERY_CRASH = "a host dies while it recovers"
    WEB_CRASH = "the gateway dies with all that it waits for"
    FOLLOWER_CRASH = "a follower of the log dies between two of its steps"
    AUDITOR_CRASH = "the auditor dies, and its successor begins at the beginning"
    SNAPSHOT_TORN = "a snapshot is torn"
    STORE_DOWN = "the document store is down for a while"
    STORE_ANSWER_LOST = "a bulk is written, but its answer is lost"
    CLOCK_JUMP = "a host's clock jumps"


RATES: Final[Mapping[Fault, tuple[float, ...]]] = {
    Fault.CONFIRM_LATE: (0.001, 0.02, 0.2),
    Fault.CONFIRM_LOST: (0.0002, 0.002),
    Fault.APPEND_LOST: (0.0002, 0.002),
    Fault.APPEND_STRAY: (0.0005, 0.003),
    Fault.MESSAGE_LOST: (0.001, 0.01, 0.05),
    Fault.MESSAGE_DOUBLED: (0.001, 0.02, 0.1),
    Fault.MESSAGE_LATE: (0.001, 0.02, 0.2),
    Fault.HOST_CRASH: (0.0001, 0.0006),
    Fault.HOST_REPLACED: (0.0002, 0.001),
    Fault.RECOVERY_CRASH: (0.1, 0.4),
    Fault.WEB_CRASH: (0.0005, 0.002),
    Fault.FOLLOWER_CRASH: (0.0005, 0.003),
    Fault.AUDITOR_CRASH: (0.0002,),
    Fault.SNAPSHOT_TORN: (0.2, 0.6),
    Fault.STORE_DOWN: (0.001, 0.01),
    Fault.STORE_ANSWER_LOST: (0.001, 0.01),
    Fault.CLOCK_JUMP: (0.001, 0.01),
}
"""How often a fault strikes where it can, in a seed that has it: one of these is drawn."""
SHARE_OF_FAULTS_ON: Final = 0.6


class CrashedError(BaseException):
    """The process died here. No core may catch it: a killed process catches nothing."""


class Faults:
    """This seed's faults. Some are switched off: what many faults hide, few may show."""

    def __init__(self, seed: int) -> None:
        self._chance = Random(f"faults of {seed}")
        self._rates = {fault: self._draw(rates) for fault, rates in RATES.items()}

    def strikes(self, fault: Fault) -> bool:
        """Whether this fault happens here and now."""
        rate = self._rates[fault]
        return rate > 0 and self._chance.random() < rate

    def crash_if(self, fault: Fault) -> None:
        """Ends the process that runs here if the fault strikes."""
        if self.strikes(fault):
            raise CrashedError

    def delay_us(self, least_us: int, most_us: int) -> int:
        """How long something takes that a fault makes long."""
        return self._chance.randint(least_us, most_us)

    def stop(self) -> None:
        """From here on nothing goes wrong any more."""
        self._rates = dict.fromkeys(self._rates, 0.0)

    def _draw(self, rates: tuple[float, ...]) -> float:
        return self._chance.choice(rates) if self._chance.random() < SHARE_OF_FAULTS_ON else 0.0
