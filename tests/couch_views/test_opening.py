"""Owns the tests of the opening of documents: what names no store, and what is none.

Never tests what is read and written: the tests of the client, and of each store, do.
Called by pytest.
"""

from pathlib import Path

import pytest

from couch_views.client import DocumentsUnavailableError
from couch_views.opening import open_documents


@pytest.mark.parametrize("setting", ["", "couch", "amqp://host/"])
def test_a_setting_names_a_store(setting: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="http"):
        open_documents(setting, tmp_path, writer=True).get("a")


def test_a_file_that_is_none_is_not_available(tmp_path: Path) -> None:
    (tmp_path / "documents.sqlite3").write_text("no database " * 1_000)
    with pytest.raises(DocumentsUnavailableError, match="can't be opened: file is not a database"):
        open_documents("sqlite", tmp_path, writer=True)
    (tmp_path / "a").touch()
    with pytest.raises(DocumentsUnavailableError, match="can't be opened"):
        open_documents("sqlite", tmp_path / "a", writer=True)
