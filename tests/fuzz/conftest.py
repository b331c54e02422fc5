"""Owns the fixture of the fuzzing's tests: a whole exchange, fresh for each test.

Never shares one between tests.
Called by pytest.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.resources.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """An exchange in one thread, with its web."""
    made = World(tmp_path)
    yield made
    made.close()
