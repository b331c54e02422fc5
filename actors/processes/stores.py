"""Owns the choice of where log and documents are kept: here a setting becomes an implementation.

Never reads or writes a record or a document.
Called by the launcher (which initialises the log), hosts and followers.
"""

from actors.processes.settings import Settings, SettingsError
from couch_views.client import Documents
from couch_views.client import open_documents as open_documents_of
from rabbit.log import Log
from rabbit.sqlite import SqliteLog


def open_log(settings: Settings) -> Log:
    """The installation's log. Raises ``SettingsError`` for a kind that this version doesn't have."""
    if settings.log != "sqlite":
        raise SettingsError("CREDENCE_LOG can only be sqlite in this version")
    return SqliteLog(settings.log_folder)


def open_documents(settings: Settings, *, writer: bool) -> Documents:
    """The installation's documents, to write (the projector alone) or to read."""
    return open_documents_of(settings.documents, settings.documents_folder, writer=writer)
