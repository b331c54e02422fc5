"""Owns what several tests of processes begin with: an installation of their own, fake hosts, a network.

Never starts anything that a test does not ask for.
Called by pytest.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from actors.processes.settings import Settings
from tests.processes.fakes.hosts import HOSTS
from tests.processes.network import Network
from tests.processes.programs import Program, started
from tests.processes.workload import Floor


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A module may have other ones."""
    return Settings(var=tmp_path, restarts=100)


@pytest.fixture
def hosts(settings: Settings) -> Iterator[Program]:
    with started(settings, HOSTS) as running:
        yield running


@pytest.fixture
def network() -> Network:
    return Network()


@pytest.fixture
def floor(network: Network) -> Floor:
    floor = Floor(network.answer)
    network.answers.clear()
    return floor
