"""Owns the tests of what a process of the web has open: it answers without actors, and closes.

Never starts actors or a server.
Called by pytest.
"""

import gc
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from actors.machines import limits
from actors.processes.settings import Settings
from resources.opening import GARBAGE_THRESHOLD, allow_connections, open_web, spare_the_collector
from tests.resources.middleware.asking import ask


@pytest.fixture
def collector() -> Iterator[None]:
    threshold = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*threshold)


async def test_it_is_open_until_it_is_closed(tmp_path: Path, collector: None) -> None:
    web = open_web(Settings(var=tmp_path, secret="a secret of the tests only"))
    try:
        assert (await ask(web.app, path="/v3/nothing")).status == 404
        assert not web.gates.has_commands
    finally:
        web.close()


def test_the_collector_leaves_alone_what_is_loaded(collector: None) -> None:
    spare_the_collector()
    assert gc.get_freeze_count() > 0
    assert gc.get_threshold()[0] == GARBAGE_THRESHOLD


def test_as_many_files_as_the_process_may_have() -> None:
    few, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(few, 256), most))
        allow_connections()
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (most, most)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (few, most))


@pytest.mark.parametrize(
    ("most", "connections"),
    [
        (resource.RLIM_INFINITY, limits.CONNECTIONS_MAX),
        (1_048_576, limits.CONNECTIONS_MAX),
        (4_096, 4_096 - limits.FILES_SPARED),
        (256, 128),
    ],
)
def test_connections_leave_files_for_everything_else(
    monkeypatch: pytest.MonkeyPatch, most: int, connections: int
) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (256, most))
    monkeypatch.setattr(resource, "setrlimit", lambda *_: None)
    assert allow_connections() == connections
