"""Owns the fixtures of the contract: every test that asks for ``rig`` runs on each implementation.

Never holds a rule of the log.
Called by pytest.
"""

from collections.abc import Callable

import pytest

from tests.rabbit.rigs import RIGS, STREAMS, Rig


@pytest.fixture(params=sorted(RIGS))
def make_rig(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Rig]:
    """Makes a log that was never initialised, a new one each time."""
    return lambda: RIGS[request.param](tmp_path_factory.mktemp("log"))


@pytest.fixture
def empty_rig(make_rig: Callable[[], Rig]) -> Rig:
    """A log that was never initialised."""
    return make_rig()


@pytest.fixture
def rig(empty_rig: Rig) -> Rig:
    """A log with two streams and no records."""
    empty_rig.log.initialise(STREAMS)
    return empty_rig
