"""Owns a tree of fake hosts: they answer, keep silent, or answer only the impatient, as a file in var says.

Never opens a log or runs a machine.
Called by the program ``hosts_root`` and by the tests of the gateway.
"""

from thespian.actors import ActorAddress

from actors.machines.messages.answers import Answer, Refused, Reply
from actors.machines.messages.commands import Request
from actors.machines.messages.words import Reason
from actors.processes.gateway_core import Answered, decode_asks, encode_replies
from actors.processes.protocol import Asks, Replies, Start
from actors.processes.settings import Settings
from actors.processes.shell import Shell
from actors.processes.supervision import Rule
from actors.processes.supervisor import Child, Supervisor

HOSTS = "tests.processes.fakes.hosts_root"
"""The program of such a tree."""
ANSWER, SILENT, PENDING = "answer", "silent", "pending"
REFUSED = Refused(Reason.NOT_FOUND, "A fake host knows nothing.")


def behave(settings: Settings, name: str, how: str) -> None:
    """What the host does with all that comes from now on."""
    (settings.var / f"{name}.how").write_text(how)


def batches(settings: Settings, name: str) -> list[int]:
    """How many asks each batch had that the host was sent, in all its lives."""
    notes = settings.var / f"{name}.batches"
    return [int(line) for line in notes.read_text().split()] if notes.exists() else []


class FakeHost(Shell):
    """Ready at once; it answers in the way of its file ``how``."""

    def start(self, _start: Start, /) -> None:
        self.ready()

    def receive(self, message: object, sender: ActorAddress) -> None:
        if not isinstance(message, Asks):
            return
        asks = decode_asks(message.payload)
        with (self.settings.var / f"{self.name}.batches").open("a") as notes:
            notes.write(f"{len(asks)}\n")
        how = self.settings.var / f"{self.name}.how"
        behaviour = how.read_text() if how.exists() else ANSWER
        replies: list[tuple[int, Answered]] = [(1, Reply(REFUSED, {}))]  # an answer that nobody waits for
        for correlation, asked in asks:
            if behaviour == SILENT:
                continue
            if not isinstance(asked, Request):
                replies.append((correlation, Reply(REFUSED, {self.name: correlation})))
            elif behaviour == ANSWER or not asked.patient:
                refusals = (REFUSED,) * len(asked.commands)
                replies.append((correlation, Answer(refusals, behaviour == ANSWER, {asked.key: 1})))
        self.send(sender, Replies(encode_replies(replies)))


class FakeHosts(Supervisor):
    """A host for every stream."""

    def table(self) -> tuple[Child, ...]:
        return tuple(Child(Rule(stream), FakeHost) for stream in self.settings.streams.names)
