"""Owns the tests of what is declared at a broker.

Never talks to one.
Called by pytest.
"""

import pytest

from rabbit.amqp_topology import STREAM, TOPOLOGY, queue


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("description", "credence.description"),
        ("stream", "credence.stream.accounts-0"),
        ("writer", "credence.writer.accounts-0"),
        ("initialiser", "credence.initialiser"),
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
    }


def test_no_stream_has_a_limit_past_which_records_are_dropped() -> None:
    assert STREAM == {"x-queue-type": "stream"}


def test_whatever_a_stream_is_called_its_queues_are_its_own() -> None:
    words = ("description", "initialiser", "stream", "writer", "stream-writer")
    names = [queue(kind, word).name for word in words for kind in ("stream", "writer")]
    names += [queue(kind).name for kind in ("description", "initialiser")]
    assert len(set(names)) == len(names)
