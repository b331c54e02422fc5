"""Owns a host without Thespian, whose every message a test plays: what it sends is noted.

Never delivers anything by itself.
Called by the tests of hosts' processes.
"""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

import msgspec
import pytest
from thespian.actors import ActorAddress

from actors.machines.messages.commands import Asked
from actors.machines.messages.letters import Letter
from actors.processes import host as host_module
from actors.processes import transport
from actors.processes.gateway_core import Answered
from actors.processes.host import Host
from actors.processes.protocol import Asks, Directory, Letters, Replies, Start, Undecided
from actors.processes.settings import Settings
from rabbit.open import open_log

_asks = msgspec.msgpack.Encoder()
_letters = msgspec.msgpack.Decoder(Letter)
_replies = msgspec.msgpack.Decoder(list[tuple[int, Answered | Undecided]])


def address(name: str) -> ActorAddress:
    return ActorAddress(name)


class Alone(Host):
    """A host without Thespian: what it sends, and when it wants to be woken, is noted."""

    made: ClassVar[list["Alone"]] = []

    def __init__(self, settings: Settings, name: str = "accounts-0") -> None:
        super().__init__()
        self.made.append(self)
        self.name, self.settings = name, settings
        self.is_ready = 0
        self.alarms: list[tuple[float, object]] = []
        self.sent: list[tuple[str, object, Callable[[bool], None]]] = []
        self.waiting: list[object] = []
        self.start(Start(name, settings, (name,)))

    def ready(self) -> None:
        self.is_ready += 1

    def wake_after(self, seconds: float, payload: object = None) -> None:
        self.alarms.append((seconds, payload))

    def hear(self, message: object, sender: str = "web", *, waiting: tuple[object, ...] = ()) -> None:
        """A message arrives; others wait behind it."""
        self.waiting = list(waiting)
        self.receive(message, address(sender))

    def ask(self, *asks: tuple[int, Asked], sender: str = "web", waiting: tuple[object, ...] = ()) -> None:
        self.hear(Asks(_asks.encode(asks)), sender, waiting=waiting)

    def meet(self, **addresses: str) -> None:
        named = {name.replace("_", "-"): address(where) for name, where in addresses.items()}
        self.hear(Directory(named), "supervisor")

    def letters(self) -> list[tuple[str, Letter]]:
        """The letters sent so far, and to what addresses."""
        messages = [(where, message) for where, message, _ in self.sent]
        return [(where, _letters.decode(m.payload)) for where, m in messages if isinstance(m, Letters)]

    def replies(self) -> list[tuple[str, list[int]]]:
        """The answers sent so far: to what addresses, and their correlations."""
        return [(where, [correlation for correlation, _ in replies]) for where, replies in self._said()]

    def turned_away(self) -> list[int]:
        """The correlations of what was sent back undecided."""
        said = [reply for _, replies in self._said() for reply in replies]
        return [correlation for correlation, answer in said if isinstance(answer, Undecided)]

    def _said(self) -> list[tuple[str, list[tuple[int, Answered | Undecided]]]]:
        messages = [(where, message) for where, message, _ in self.sent]
        return [(where, _replies.decode(m.payload)) for where, m in messages if isinstance(m, Replies)]

    def take_over(self, index: int = -1, *, taken: bool = True) -> None:
        """The receiver of a message has taken it, or is gone."""
        self.sent[index][2](taken)


@contextmanager
def playing(var: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """The settings of an exchange without processes; whatever hosts are made of it are stopped."""
    settings = Settings(var=var)
    open_log(settings.log, settings.log_folder).initialise(settings.streams.names)

    def send(actor: Alone, to: ActorAddress, message: object, then: Callable[[bool], None]) -> None:
        actor.sent.append((to.actorAddressString, message, then))

    monkeypatch.setattr(transport, "send", send)
    monkeypatch.setattr(transport, "waiting_messages", lambda actor: actor.waiting)
    monkeypatch.setattr(host_module, "fail", raise_it)
    try:
        yield settings
    finally:
        while Alone.made:
            Alone.made.pop().stop()
        gc.enable()  # a host does without


def raise_it(_what: str, error: BaseException) -> None:
    raise error
