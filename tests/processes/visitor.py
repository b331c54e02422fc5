"""Owns a test's own endpoint among the actors: joins a tree that runs in other processes, tells and listens.

Never starts a tree.
Called by the tests of transport, shell, supervisor and incarnation.
"""

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import Final, TypeVar

import pytest
from thespian.actors import ActorAddress, ActorSystem

from actors.processes import transport
from actors.processes.protocol import Directory, Subscribe
from actors.processes.settings import Settings
from tests.processes.programs import wait_for

M = TypeVar("M")
WITHIN_S: Final = 30.0
"""A busy machine may take its time; who hears what they wait for doesn't wait for it."""


class Visitor:
    """Tells the actors things and hears what they say back."""

    def __init__(self, system: ActorSystem, tree: transport.Tree) -> None:
        self.system = system
        self.tree = tree

    def tell(self, address: ActorAddress, message: object) -> None:
        self.system.tell(address, message)

    def hear(self, kind: type[M], which: Callable[[M], bool] = lambda _: True) -> M:
        """The next message of this kind (that passes the test); others are dropped."""
        deadline = time.monotonic() + WITHIN_S
        while (left_s := deadline - time.monotonic()) > 0:
            message = self.system.listen(left_s)
            if isinstance(message, kind) and which(message):
                return message
        pytest.fail(f"no such {kind.__name__} within {WITHIN_S:g} s")

    def subscribe(self) -> None:
        self.tell(self.tree.supervisor, Subscribe())

    def directory(self) -> Directory:
        """The directory once every child is ready."""
        self.subscribe()
        return self.hear(Directory, lambda directory: not directory.awaited)


@contextlib.contextmanager
def visiting(settings: Settings) -> Iterator[Visitor]:
    """Joins the tree of these settings as soon as there is one."""
    tree = wait_for(lambda: transport.find_tree(settings), name="the announcement of a tree")
    system = transport.join_system(settings, tree)
    try:
        yield Visitor(system, tree)
    finally:
        transport.leave_system(system)
