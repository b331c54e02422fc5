"""Owns which store of documents a setting leads to: files, memory, or a CouchDB, to write or to read.

Never knows what is asked of a store: the client does.
Called by the projector (the one writer), the web (readers), and the commands that make or compare documents.
"""

from collections.abc import Callable
from pathlib import Path

from couch_views.breaker import Breaker, GuardedServer
from couch_views.client import DATABASE, CouchServer, Documents, DocumentsUnavailableError
from couch_views.embedded.errors import CouchError
from couch_views.embedded.server import EmbeddedServer
from couch_views.embedded.store import FILE_NAME
from couch_views.remote import READ_TIMEOUT_S, RemoteServer


def open_documents(setting: str, folder: Path, *, writer: bool) -> Documents:
    """The documents that a setting names: ``sqlite`` (files in ``folder``), ``memory``, or CouchDB's URL.

    Opens nothing yet but the writer's file (``DocumentsUnavailableError`` if that fails). ``memory`` belongs
    to the one object.
    """
    if setting not in ("sqlite", "memory"):
        return remote_documents(setting) if writer else remote_readers(setting)
    try:
        server = (
            EmbeddedServer(folder, writer=writer)
            if setting == "sqlite"
            else EmbeddedServer(None, writer=True)
        )
    except CouchError as error:
        raise DocumentsUnavailableError(str(error)) from error
    return Documents(lambda: server, server.close)


def discard_documents(setting: str, folder: Path) -> None:
    """Throws away all documents that a setting names, whoever is using them. There need be none."""
    if setting == "sqlite":
        # The file last: without it, what it was about to take up would be taken up by its successor.
        for suffix in ("-wal", "-shm", ""):
            (folder / f"{FILE_NAME}{suffix}").unlink(missing_ok=True)
        return
    documents = open_documents(setting, folder, writer=True)
    try:
        documents.ensure_database()
        documents.delete_database()
    finally:
        documents.close()


def remote_documents(url: str, database: str = DATABASE) -> Documents:
    """The documents in a real CouchDB, for who can wait; each thread has its own connection."""
    return connected(lambda: RemoteServer(url), database, updates_views=True)


def remote_readers(url: str, database: str = DATABASE) -> Documents:
    """The same for who can't wait: while the server is away, nearly all are told so at once."""
    breaker = Breaker()
    return connected(lambda: GuardedServer(RemoteServer(url, READ_TIMEOUT_S), breaker), database)


def connected(connect: Callable[[], CouchServer], database: str, *, updates_views: bool = False) -> Documents:
    """Documents whose every thread connects by itself."""
    opened: list[CouchServer] = []

    def connect_one() -> CouchServer:
        server = connect()
        opened.append(server)
        return server

    def close() -> None:
        while opened:
            opened.pop().close()

    return Documents(connect_one, close, database, updates_views=updates_views)
