"""Owns the line from a gateway to the actors: finds the tree, joins it, learns where the hosts are.

Never knows what is asked or answered: it carries bytes. Used by one thread; only ``call`` may come from any.
Called by the Thespian gateway's thread. When the tree dies and comes back, the line is opened anew.
"""

import select
import time
from functools import partial
from typing import Final, NamedTuple

import structlog
from thespian.actors import ActorAddress, ActorSystem

from actors.processes import transport
from actors.processes.gateway_endpoint import Endpoint, Wake
from actors.processes.protocol import Asks, Directory, Replies, Subscribe
from actors.processes.settings import Settings
from actors.processes.version import OtherVersionError, require_same

FIND_TREE_EVERY_S: Final = 0.05
SUBSCRIBE_EVERY_S: Final = 1.0

log = structlog.get_logger()


class Taken(NamedTuple):
    """What became of a batch: whether the host at this address has taken it."""

    host: str
    address: str
    taken: bool


class Heard(NamedTuple):
    """What came over the line: payloads of ``Replies``, what became of batches, whether any host moved."""

    replies: list[bytes]
    taken: list[Taken]
    moved: bool


class Line:
    """The line of one gateway."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._wake = Wake()
        self._poll = select.poll()
        self._poll.register(self._wake.descriptor, select.POLLIN)
        self._tree: transport.Tree | None = None
        self._system: ActorSystem | None = None
        self._endpoint: Endpoint | None = None
        self._addresses: dict[str, ActorAddress] = {}
        self._taken: list[Taken] = []
        self._find_at = 0.0
        self._subscribe_at = 0.0
        self._refused: set[str] = set()

    @property
    def hosts(self) -> dict[str, str]:
        """Where the hosts are now, as far as this gateway was told."""
        return {name: str(address) for name, address in self._addresses.items()}

    def call(self) -> None:
        """Ends a ``listen`` that is under way, or the next one."""
        self._wake.call()

    def send(self, host: str, payload: bytes) -> None:
        """Sends a batch to a host that is known; a later ``listen`` says whether it was taken."""
        address = self._addresses[host]
        assert self._endpoint is not None, "hosts are known only while there is a line"
        self._endpoint.send(address, Asks(payload), partial(self._note, host, str(address)))

    def listen(self, timeout_s: float) -> Heard:
        """Waits until something comes, somebody calls, or the time has passed."""
        moved = self._follow_tree()
        if self._endpoint is None or self._tree is None:
            self._poll.poll(timeout_s * 1_000)
            self._wake.clear()
            return Heard([], [], moved)
        now = time.monotonic()
        if now >= self._subscribe_at:
            self._subscribe_at = now + SUBSCRIBE_EVERY_S
            self._endpoint.send(self._tree.supervisor, Subscribe(), lambda _: None)
        replies: list[bytes] = []
        for message in self._endpoint.receive(timeout_s):
            if isinstance(message, Replies):
                replies.append(message.payload)
            elif isinstance(message, Directory):
                moved = self._meet(message) or moved
        self._wake.clear()
        taken, self._taken = self._taken, []
        return Heard(replies, taken, moved)

    def hang_up(self) -> None:
        """Leaves the actors; the next ``listen`` joins them again."""
        endpoint, self._endpoint = self._endpoint, None
        system, self._system = self._system, None
        self._tree = None
        self._addresses = {}
        self._find_at = 0.0
        if endpoint is not None:
            endpoint.close()
        if system is not None:
            transport.leave_system(system)

    def close(self) -> None:
        """Hangs up for good."""
        self.hang_up()
        self._wake.close()

    def _follow_tree(self) -> bool:
        """Joins the tree that is there now if it is another one than before; says whether hosts moved."""
        now = time.monotonic()
        if now < self._find_at:
            return False
        self._find_at = now + FIND_TREE_EVERY_S
        tree = self._find_tree()
        if tree is None or tree == self._tree:
            return False
        had_addresses = bool(self._addresses)
        self.hang_up()
        try:
            self._system = transport.join_system(self._settings, tree)
        except transport.NotRunningError as error:
            log.info("the actors are not there yet", reason=str(error))
            self._find_at = now + FIND_TREE_EVERY_S
            return had_addresses
        self._endpoint = Endpoint(self._system, self._wake)
        self._tree = tree
        self._subscribe_at = 0.0
        log.info("joined the actors", supervisor_pid=tree.supervisor_pid)
        return had_addresses

    def _find_tree(self) -> transport.Tree | None:
        try:
            return transport.find_tree(self._settings)
        except OtherVersionError as error:
            self._refuse(error)
            return None

    def _refuse(self, error: OtherVersionError) -> None:
        """Notes it once: who is of another version stays so."""
        if str(error) not in self._refused:
            self._refused.add(str(error))
            log.error("does not work with another version", reason=str(error))

    def _note(self, host: str, address: str, taken: bool) -> None:  # noqa: FBT001 (an endpoint calls it)
        self._taken.append(Taken(host, address, taken))

    def _meet(self, directory: Directory) -> bool:
        try:
            require_same(directory.version, "the supervisor is")
        except OtherVersionError as error:
            self._refuse(error)
            return False
        before = self.hosts
        self._addresses = directory.addresses
        return self.hosts != before
