"""Owns where the exchange under test keeps its log and documents, and how those are disturbed.

Never disturbs anything by itself; whatever it began is undone and ended when it is closed.
Called by the command: one for each profile.
"""

import contextlib
import os
import random
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from actors.machines.streams import Streams
from couch_views.client import DATABASE, Documents
from couch_views.opening import open_documents, remote_documents
from couch_views.remote import CLEAR_PORT, RemoteServer
from rabbit.log import Log
from rabbit.open import open_log
from rabbit.sqlite import SqliteLog
from scripts.broker.node import Broker, private_broker
from tests.chaos.disk import SmallDisk, small_disk_under
from tests.chaos.relay import Relay
from tests.chaos.schedule import Deed

BROKER_DOWN_S_MAX: Final = 1.5
LOG_FOLDER: Final = "log"
DOCUMENTS_FOLDER: Final = "documents"


class ChaosError(Exception):
    """The rig can't do what is asked of it; the message says why."""


class Disturbance(NamedTuple):
    """What begins it and what undoes it."""

    begin: Callable[[], None]
    end: Callable[[], None]


def _nothing() -> None:
    """Some disturbances undo themselves."""


class Stores(NamedTuple):
    """``environment``: what the exchange is started with. ``deeds``: what can be done to these stores."""

    environment: Mapping[str, str]
    deeds: Mapping[Deed, Disturbance]
    log: Log
    documents: Callable[[], Documents]
    notes: tuple[str, ...]
    """What can't be done here, and why."""


@contextlib.contextmanager
def embedded(var: Path, streams: Streams) -> Iterator[Stores]:
    """Log and documents in files below ``var``; the log on a disk of its own, if one may be mounted."""
    log = SqliteLog(var / LOG_FOLDER)
    log.initialise(streams.names)
    with small_disk_under(var / LOG_FOLDER) as disk:
        deeds = {} if disk is None else {Deed.DISK_FULL: _disk_full(disk)}
        notes = () if deeds else ("no full disk: only root may mount one",)
        yield Stores(
            {},
            deeds,
            log,
            lambda: open_documents("sqlite", var / DOCUMENTS_FOLDER, writer=False),
            (*notes, "no document server to stop: the documents are embedded"),
        )


def _disk_full(disk: SmallDisk) -> Disturbance:
    return Disturbance(disk.fill, disk.free)


@contextlib.contextmanager
def full(var: Path, chance: random.Random) -> Iterator[Stores]:
    """The log at a RabbitMQ of the rig's own; the documents in CouchDB if ``COUCHDB_URL`` says where."""
    with contextlib.ExitStack() as stack:
        broker = stack.enter_context(private_broker())
        environment = {"CREDENCE_LOG": broker.url}
        deeds = _broker_deeds(broker, chance)
        url = os.environ.get("COUCHDB_URL", "")
        if url:
            relay, way = stack.enter_context(_relay_to(url))
            environment["CREDENCE_DOCUMENTS"] = way
            deeds[Deed.DOCUMENTS_DOWN] = Disturbance(relay.cut, relay.mend)
            stack.enter_context(_database_of_ones_own(url))
        yield Stores(
            environment,
            deeds,
            open_log(broker.url, var / LOG_FOLDER),
            (lambda: remote_documents(url))
            if url
            else lambda: open_documents("sqlite", var / DOCUMENTS_FOLDER, writer=False),
            () if url else ("no document server to stop: the documents are embedded (no COUCHDB_URL)",),
        )


def _broker_deeds(broker: Broker, chance: random.Random) -> dict[Deed, Disturbance]:
    def kill() -> None:
        broker.kill()
        time.sleep(chance.uniform(0, BROKER_DOWN_S_MAX))
        broker.start()

    return {
        Deed.BROKER_KILLED: Disturbance(kill, _nothing),
        Deed.BROKER_PAUSED: Disturbance(broker.pause, broker.resume),
        Deed.CONNECTIONS_CUT: Disturbance(broker.cut_connections, _nothing),
        Deed.BROKER_ALARM: Disturbance(broker.raise_alarm, broker.clear_alarm),
    }


@contextlib.contextmanager
def _relay_to(url: str) -> Iterator[tuple[Relay, str]]:
    """A relay to a CouchDB, and its URL by this way."""
    parts = urlsplit(url)
    if parts.scheme != "http" or parts.hostname is None:
        raise ChaosError("COUCHDB_URL must begin with http://: the rig stands in between")
    relay = Relay(parts.hostname, parts.port or CLEAR_PORT)
    login = parts.netloc.rpartition("@")[0]
    try:
        yield relay, parts._replace(netloc=f"{login}{'@' * bool(login)}127.0.0.1:{relay.port}").geturl()
    finally:
        relay.close()


@contextlib.contextmanager
def _database_of_ones_own(url: str) -> Iterator[None]:
    """There must be no documents yet in that CouchDB, and there are none afterwards."""
    server = RemoteServer(url)
    try:
        if server.handle("GET", f"/{DATABASE}", "", {}, b"")[0] != 404:
            raise ChaosError(f"the CouchDB at COUCHDB_URL has a database {DATABASE!r} already")
        try:
            yield
        finally:
            server.handle("DELETE", f"/{DATABASE}", "", {}, b"")
    except OSError as error:
        raise ChaosError(f"the CouchDB at COUCHDB_URL can't be reached: {error}") from error
    finally:
        server.close()
