"""Owns the process around the audit: step after step; what is found is said, and halts what it concerns.

Never judges, never writes to the log: it asks the hosts for a halt until the log shows it.
Called by the supervisor, which creates it; starting again means beginning again from the log's beginning.
"""

import os
import time
from typing import Final

import msgspec
import structlog
from thespian.actors import ActorAddress, ChildActorExited

from actors.auditing.breaches import Breach
from actors.machines.messages.commands import Halt
from actors.processes.auditor_core import LogAudit
from actors.processes.gateway_core import encode_asked, stream_of
from actors.processes.outage import Outage
from actors.processes.protocol import Asks, Directory, Replies, Start
from actors.processes.shell import Shell
from rabbit.log import LogUnavailableError
from rabbit.open import open_log

NICENESS: Final = 5
"""Trading comes first; but a halt must come within a second, so documents and snapshots come after this."""
PACE_S: Final = 0.02
LOOK_EVERY_S: Final = 0.05
"""The pauses after a step that took something, and after one that found nothing new."""
ASK_EVERY_S: Final = 0.2
BREACHES_SAID_MAX: Final = 1_000
"""So many breaches are said each; after that it is known that something is badly wrong."""

log = structlog.get_logger()


class AuditorShell(Shell):
    """The auditor, as an actor."""

    def start(self, _start: Start, /) -> None:
        self._audit: LogAudit | None = None
        self._outage = Outage()
        self._hosts: dict[str, ActorAddress] = {}
        self._caught_up = False
        self._asked_at = 0.0
        self._breaches = 0
        os.nice(NICENESS)
        self.ready()
        self.wake(None)

    def receive(self, message: object, _sender: ActorAddress, /) -> None:
        match message:
            case Directory():
                self._hosts = message.addresses
            case Replies() | ChildActorExited():
                pass  # what became of a halt is read in the log
            case _:
                log.warning("unexpected message", message=type(message).__name__)

    def wake(self, _payload: object, /) -> None:
        self.wake_after(self._step())

    def stop(self) -> None:
        if self._audit is not None:
            self._audit.close()

    def _step(self) -> float:
        """Gives the seconds until the next one."""
        try:
            if self._audit is None:
                self._audit = LogAudit(open_log(self.settings.log, self.settings.log_folder))
            step = self._audit.step()
        except LogUnavailableError as error:
            return self._outage.goes_on(error)
        self._outage.is_over()
        for breach in step.breaches:
            self._say(breach)
        if step.caught_up and not self._caught_up:
            log.info("audited so far", events=self._audit.auditor.events, breaches=self._breaches)
            self._caught_up = True
        # Before that the log may show further on that a breach was dealt with long ago.
        if self._caught_up and (halts := self._audit.halts()):
            self._ask(halts)
        return PACE_S if step.records else LOOK_EVERY_S

    def _say(self, breach: Breach) -> None:
        self._breaches += 1
        if self._breaches <= BREACHES_SAID_MAX:
            log.critical(
                "breach",
                rule=breach.rule,
                stream=breach.stream,
                sequence=breach.sequence,
                market_id=breach.market_id,
                what=breach.what,
            )
        elif self._breaches == BREACHES_SAID_MAX + 1:
            log.critical("more breaches than are said; make audit counts them")

    def _ask(self, halts: list[Halt]) -> None:
        """Asks the hosts that can halt: again and again, as any message may be lost."""
        now = time.monotonic()
        if now - self._asked_at < ASK_EVERY_S:
            return
        self._asked_at = now
        for halt in halts:
            host = self._hosts.get(stream_of(halt, self.settings.streams))
            if host is not None:
                log.warning("asks for a halt", **msgspec.structs.asdict(halt))
                self.send(host, Asks(msgspec.msgpack.encode([(0, msgspec.Raw(encode_asked(halt)))])))
