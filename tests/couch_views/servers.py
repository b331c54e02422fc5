"""Owns the server behind the stores of tests: an embedded one in memory, or the CouchDB at ``COUCHDB_URL``.

Never leaves a database on that CouchDB: each store has one of its own, which goes with the process.
Called by the stores that tests of projection, queries, designs and of the projector use.
"""

import atexit
import os
import uuid
from collections.abc import Callable
from typing import Final, NamedTuple

from couch_views.client import DATABASE, CouchServer
from couch_views.embedded.server import EmbeddedServer
from couch_views.remote import RemoteServer

URL: Final = os.environ.get("COUCHDB_URL", "")


class Place(NamedTuple):
    """What ``Documents`` is made with."""

    connect: Callable[[], CouchServer]
    close: Callable[[], None]
    database: str


def place() -> Place:
    """Somewhere for documents, with nothing there yet."""
    return place_at(URL) if URL else embedded_place()


def embedded_place() -> Place:
    server = EmbeddedServer(None, writer=True)
    return Place(lambda: server, server.close, DATABASE)


def place_at(url: str) -> Place:
    database = f"credence-test-{uuid.uuid4().hex}"
    opened: list[RemoteServer] = []

    def connect() -> RemoteServer:
        opened.append(RemoteServer(url))
        return opened[-1]

    def close() -> None:
        while opened:
            opened.pop().close()

    def remove() -> None:
        close()
        connect().handle("DELETE", f"/{database}", "", {}, b"")
        close()

    atexit.register(remove)
    return Place(connect, close, database)
