"""Owns the tests of what is declared at a broker.

Never talks to one.
Called by pytest.
"""

from pathlib import Path

import pytest

from actors.machines import limits
from rabbit import amqp_topology
from rabbit.amqp_topology import DOOR, STREAM, TOPOLOGY, queue
from scripts.broker.node import MESSAGE_BYTES_MAX


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("description", "credence.description"),
        ("stream", "credence.stream.accounts-0"),
        ("writer", "credence.writer.accounts-0"),
        ("initialiser", "credence.initialiser"),
        ("home", "credence.home.accounts-0"),
        ("away", "credence.away.accounts-0"),
    ],
)
def test_a_queue_is_called_as_operators_know_it(kind: str, name: str) -> None:
    assert queue(kind, "accounts-0").name == name


def test_what_is_kept_is_a_durable_stream_and_what_is_a_lock_goes_with_its_connection() -> None:
    assert {kind: (each.durable, each.exclusive, each.arguments) for kind, each in TOPOLOGY.items()} == {
        "description": (True, False, STREAM),
        "stream": (True, False, STREAM),
        "writer": (False, True, {}),
        "initialiser": (False, True, {}),
        "home": (False, True, DOOR),
        "away": (False, True, DOOR),
    }


def test_no_stream_has_a_limit_past_which_records_are_dropped() -> None:
    assert STREAM == {"x-queue-type": "stream"}


def test_what_may_be_lost_has_a_limit_into_which_the_largest_message_fits() -> None:
    assert DOOR["x-max-length"] == 10_000
    assert DOOR["x-max-length-bytes"] == 4 * limits.RECORD_BYTES_MAX


def test_whatever_a_stream_is_called_its_queues_are_its_own() -> None:
    words = ("description", "initialiser", "stream", "writer", "stream-writer", "home", "away")
    names = [queue(kind, word).name for word in words for kind in ("stream", "writer", "home", "away")]
    names += [queue(kind).name for kind in ("description", "initialiser")]
    assert len(set(names)) == len(names)


def test_a_broker_that_is_told_what_it_must_be_told_takes_the_longest_record() -> None:
    lines = (Path(amqp_topology.__file__).parent / "rabbitmq.conf").read_text().splitlines()
    told = dict(line.split(" = ") for line in lines if line and not line.startswith("#"))
    assert int(told["max_message_size"]) == MESSAGE_BYTES_MAX > limits.RECORD_BYTES_MAX
    assert "disk_free_limit.absolute" in told, "an alarm comes before the disk is full"
