"""Owns what several tests of processes begin with: an installation of their own, a tree of fake hosts in it.

Never starts anything that a test does not ask for.
Called by pytest.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from actors.processes.settings import Settings
from tests.processes.fakes.hosts import HOSTS
from tests.processes.programs import Program, started


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A module may have other ones."""
    return Settings(var=tmp_path, restarts=100)


@pytest.fixture
def hosts(settings: Settings) -> Iterator[Program]:
    with started(settings, HOSTS) as running:
        yield running
