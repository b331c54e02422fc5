"""Owns the fake log: the one in memory, whose appends are confirmed late, lost, in doubt, or never.

Never breaks a promise of a log: what it confirms is stored, and what it stores is read by everybody.
Called by the simulated hosts (writers) and followers (readers).
"""

from collections import defaultdict
from collections.abc import Iterator
from functools import partial

from rabbit.log import LogUnavailableError, Position, Record, Writer
from rabbit.memory import MemoryLog
from tests.sim.faults import CrashedError, Fault, Faults
from tests.sim.schedule import Schedule

CONFIRM_US = (200, 400)
CONFIRM_LATE_US = (1_000, 3_000_000)
STRAY_US = (1_000, 2_000_000)
START: Position = Position()


class FaultyLog(MemoryLog):
    """A ``rabbit.log.Log``; ``confirm_us`` is how long the last turn of a stream waits for its confirms."""

    def __init__(self, seed: int, schedule: Schedule, faults: Faults, *, fenced: bool) -> None:
        super().__init__(f"simulated-{seed}", fenced=fenced)
        self.fenced = fenced
        self.confirm_us: defaultdict[str, int] = defaultdict(int)
        self._schedule = schedule
        self._faults = faults

    def writer(self, stream: str) -> Writer:
        return FaultyWriter(stream, super().writer(stream), self, self._faults)

    def withdraw(self, stream: str) -> None:
        """What was stored last is on its way again: it arrives later, if its writer was replaced or not."""
        frame = self.frames(stream).pop()
        self._schedule.after(self._faults.delay_us(*STRAY_US), partial(self.frames(stream).append, frame))


class FaultyWriter:
    """A writer under faults. After the first it is dead, as any writer is after an exception."""

    def __init__(self, stream: str, writer: Writer, log: FaultyLog, faults: Faults) -> None:
        self._stream = stream
        self._writer = writer
        self._log = log
        self._faults = faults

    @property
    def epoch(self) -> int:
        return self._writer.epoch

    def recover(self, after: Position = START) -> Iterator[Record]:
        crash = self._faults.strikes(Fault.RECOVERY_CRASH)
        for read, record in enumerate(self._writer.recover(after)):
            if crash and read >= 2:
                raise CrashedError
            yield record

    def append(self, body: bytes, time: int) -> Record:
        strikes = self._faults.strikes
        self._faults.crash_if(Fault.HOST_CRASH)
        if strikes(Fault.APPEND_LOST):
            self._writer.close()
            raise LogUnavailableError("it was not stored")
        record = self._writer.append(body, time)
        if strikes(Fault.CONFIRM_LOST):
            self._writer.close()
            raise LogUnavailableError("it was stored, but nobody said so")
        if not self._log.fenced and strikes(Fault.APPEND_STRAY):
            self._writer.close()
            self._log.withdraw(self._stream)
            raise LogUnavailableError("it is on its way")
        self._faults.crash_if(Fault.HOST_CRASH)
        late = strikes(Fault.CONFIRM_LATE)
        self._log.confirm_us[self._stream] += self._faults.delay_us(
            *(CONFIRM_LATE_US if late else CONFIRM_US)
        )
        return record

    def keep_alive(self) -> None:
        self._writer.keep_alive()

    def close(self) -> None:
        self._writer.close()
