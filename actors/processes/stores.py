"""Owns the choice of where the log is kept: here a setting becomes an implementation.

Never reads or writes a record.
Called by the launcher (which initialises the log), hosts and followers.
"""

from actors.processes.settings import Settings, SettingsError
from rabbit.log import Log
from rabbit.sqlite import SqliteLog


def open_log(settings: Settings) -> Log:
    """The installation's log. Raises ``SettingsError`` for a kind that this version doesn't have."""
    if settings.log != "sqlite":
        raise SettingsError("CREDENCE_LOG can only be sqlite in this version")
    return SqliteLog(settings.log_folder)
