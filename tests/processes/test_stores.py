"""Owns the tests of the choice of the log.

Never tests the log itself.
Called by pytest.
"""

from pathlib import Path

import pytest

from actors.processes.settings import Settings, SettingsError
from actors.processes.stores import open_log


def test_the_embedded_log_is_in_var(tmp_path: Path) -> None:
    settings = Settings(var=tmp_path / "var")
    open_log(settings).initialise(settings.streams.names)
    assert open_log(settings).streams() == settings.streams.names
    assert (tmp_path / "var" / "log" / "log.json").exists()


def test_a_log_that_this_version_does_not_have_is_refused_by_name(tmp_path: Path) -> None:
    settings = Settings(var=tmp_path, log="amqp://guest:secret@localhost/")
    with pytest.raises(SettingsError, match=r"^CREDENCE_LOG can only be sqlite") as raised:
        open_log(settings)
    assert "secret" not in str(raised.value)
