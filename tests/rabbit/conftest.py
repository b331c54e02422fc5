"""Owns the fixtures of the contract: every test that asks for ``rig`` runs on each implementation.

Never holds a rule of the log.
Called by pytest.
"""

from collections.abc import Callable, Iterator

import pytest

from rabbit import amqp_line
from scripts.broker.node import Broker, private_broker
from tests.rabbit.amqp_rig import VIRTUAL_HOSTS, AmqpRig
from tests.rabbit.rigs import STREAMS, MemoryRig, Rig, SqliteRig


@pytest.fixture(scope="session")
def broker() -> Iterator[Broker]:
    """A broker of the tests' own. A test that takes it down starts it again."""
    with private_broker() as broker:
        for name in VIRTUAL_HOSTS:
            broker.control("add_vhost", name)
            broker.control("set_permissions", "--vhost", name, "guest", ".*", ".*", ".*")
        yield broker


@pytest.fixture(autouse=True)
def goodbyes() -> Iterator[None]:
    """A goodbye frees locks. Who closes has no time for one that takes long; tests count on it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(amqp_line, "CLOSE_S_MAX", 2.0)
        yield


@pytest.fixture(params=["memory", "sqlite", pytest.param("amqp", marks=pytest.mark.whole)])
def make_rig(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], Rig]]:
    """Makes a log that was never initialised, a new one each time (of those at a broker two at most)."""
    made: list[Rig] = []

    def make() -> Rig:
        match request.param:
            case "memory":
                made.append(MemoryRig())
            case "sqlite":
                made.append(SqliteRig(tmp_path_factory.mktemp("log")))
            case _:
                made.append(AmqpRig(request.getfixturevalue("broker"), VIRTUAL_HOSTS[len(made)]))
        return made[-1]

    yield make
    for rig in made:
        rig.close()


@pytest.fixture
def empty_rig(make_rig: Callable[[], Rig]) -> Rig:
    """A log that was never initialised."""
    return make_rig()


@pytest.fixture
def rig(empty_rig: Rig) -> Rig:
    """A log with two streams and no records."""
    empty_rig.reopened().initialise(STREAMS)
    return empty_rig
