"""Owns what the processes of the tree say to each other, and the order in which they say it.

Never travels in the log: these are Thespian messages, lost without harm.
Called by supervisor, hosts, projector, keeper and gateway.

A child's life: the supervisor creates it, sends ``Start``, and gets ``Ready`` once it can work. After each
change the supervisor sends ``Directory`` to every ready child and every subscriber. A child is asked to
end cleanly by SIGTERM. The supervisor itself is started in the same way, by the root.
Between hosts and gateways travel ``Asks``, ``Replies`` and ``Letters``, whose payload is bytes (msgspec), so
that a batch costs one pickle of one string.
"""

from dataclasses import dataclass, field
from typing import Final

import msgspec
from thespian.actors import ActorAddress

from actors.machines.messages.base import Message
from actors.processes.settings import Settings
from actors.processes.version import VERSION

SUBSCRIPTION_S: Final = 10
"""A subscriber that wasn't heard for so long gets no directory any more: subscribe again every second."""


@dataclass(frozen=True, slots=True)
class Start:
    """What a child needs to know: its name in the tree, the installation, and its own arguments."""

    name: str
    settings: Settings
    arguments: tuple[str, ...] = ()
    version: str = VERSION


@dataclass(frozen=True, slots=True)
class Ready:
    """The child can work now."""

    name: str
    pid: int


@dataclass(frozen=True, slots=True)
class Alive:
    """The child is at work: it says so again and again, to its parent, from ``Ready`` on."""

    name: str
    pid: int


@dataclass(frozen=True, slots=True)
class Subscribe:
    """A gateway wants the directory, now and after every change for ``SUBSCRIPTION_S``.

    Sent again and again: any answer may be lost, and a gateway may have gone without a word.
    """

    version: str = VERSION


@dataclass(frozen=True, slots=True)
class Directory:
    """Where the ready children are: child name -> address. Hosts are named as their streams.

    ``awaited``: the children that aren't ready now.
    """

    addresses: dict[str, ActorAddress] = field(default_factory=dict)
    awaited: tuple[str, ...] = ()
    version: str = VERSION


@dataclass(frozen=True, slots=True)
class Escalated:
    """The supervisor gives up, to the root: a child failed too often. ``reason`` is for the operator."""

    reason: str


@dataclass(frozen=True, slots=True)
class TakeSnapshots:
    """To the keeper: write a snapshot of every stream up to the present end of the log, now.

    Answered with ``SnapshotsTaken``, however long that takes: whoever asks brings their own deadline.
    """


@dataclass(frozen=True, slots=True)
class SnapshotsTaken:
    """From the keeper: stream -> the record that its newest snapshot is of, 0 if it has none.

    A snapshot that could not be written is in the journal, and its stream's position is an older one.
    """

    positions: dict[str, int]


class Asks(msgspec.Struct, frozen=True):
    """From a gateway to a host: encoded list of (correlation, Asked)."""

    payload: bytes


class Replies(msgspec.Struct, frozen=True):
    """From a host to a gateway: encoded list of (correlation, Answer | Reply | Undecided)."""

    payload: bytes


class Undecided(Message):
    """A host's word that it has not taken what it was asked, and will not; ``why`` is for the member."""

    why: str


class Letters(msgspec.Struct, frozen=True):
    """From host to host: an encoded ``Letter``."""

    payload: bytes


@dataclass(frozen=True, slots=True)
class Returned:
    """From host to host: this stream was recovered anew where it was before, so letters to it may be lost."""

    stream: str
