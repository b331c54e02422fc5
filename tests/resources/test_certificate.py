"""Owns the tests of the web's certificate: new files are shown without a restart, bad ones change nothing.

Never opens a socket.
Called by pytest.
"""

import asyncio
import os
import ssl
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from actors.processes.settings import Settings
from actors.processes.tls import near_context
from resources import certificate
from resources.certificate import Certificate
from tests.processes.certificates import Pair, make_pair
from tests.processes.test_tls import shake_hands


def shows(shown: Certificate, pair: Pair) -> bool:
    """Whether a client that believes this pair alone is convinced."""
    try:
        return bool(shake_hands(shown.context, near_context(pair.certificate)))
    except ssl.SSLCertVerificationError:
        return False


def replace(pair: Pair, *files: tuple[Path, Path]) -> None:
    """Puts other files into the place of a pair's; their time is one that it has not been yet."""
    for number, (old, new) in enumerate(files, 1):
        old.write_bytes(new.read_bytes())
        later = pair.certificate.stat().st_mtime_ns + number * 1_000_000_000
        os.utime(old, ns=(later, later))


def test_without_tls_there_is_none(tmp_path: Path) -> None:
    assert Certificate.of(Settings(var=tmp_path)) is None


def test_new_files_are_shown(tmp_path: Path) -> None:
    pair, new = make_pair(tmp_path / "pair"), make_pair(tmp_path / "new")
    old = make_pair(tmp_path / "old")
    replace(old, (old.certificate, pair.certificate))
    shown = Certificate.of(Settings(var=tmp_path, tls_certificate=pair.certificate, tls_key=pair.key))
    assert shown is not None
    with capture_logs() as lines:
        shown.look()
        assert lines == []
        replace(pair, (pair.certificate, new.certificate), (pair.key, new.key))
        shown.look()
        shown.look()
    assert [line["event"] for line in lines] == ["the new certificate is shown"]
    assert shows(shown, new)
    assert not shows(shown, old)


def test_half_a_pair_changes_nothing_until_the_other_half_is_there(tmp_path: Path) -> None:
    pair, new, old = (make_pair(tmp_path / name) for name in ("pair", "new", "old"))
    replace(old, (old.certificate, pair.certificate))
    shown = Certificate(*pair)
    with capture_logs() as lines:
        replace(pair, (pair.certificate, new.certificate))
        shown.look()
        pair.key.unlink()
        shown.look()
        assert shows(shown, old)
        replace(pair, (pair.key, new.key))
        shown.look()
    assert [line["log_level"] for line in lines] == ["error", "error", "info"]
    assert shows(shown, new)


async def test_it_is_looked_for_all_the_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certificate, "LOOK_EVERY_S", 0.001)
    pair, new = make_pair(tmp_path / "pair"), make_pair(tmp_path / "new")
    shown = Certificate(*pair)
    keeping = asyncio.create_task(shown.keep_current())
    replace(pair, (pair.key, new.key), (pair.certificate, new.certificate))
    for _ in range(10_000):
        await asyncio.sleep(0.001)
        if shows(shown, new):
            break
    else:
        pytest.fail("it is not shown")
    keeping.cancel()
