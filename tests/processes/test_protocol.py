"""Owns the tests of the messages of the tree: that they arrive as they were sent.

Never sends one to a process.
Called by pytest.
"""

import pickle
from pathlib import Path

import pytest

from actors.processes.protocol import (
    Asks,
    Directory,
    Escalated,
    Letters,
    Ready,
    Replies,
    SnapshotsTaken,
    Start,
    Subscribe,
    TakeSnapshots,
)
from actors.processes.settings import Settings
from actors.processes.transport import Tree

ADDRESS = Tree(
    root_pid=1, admin_pid=2, admin_port=3, supervisor_pid=4, supervisor_port=5, key="07"
).supervisor


@pytest.mark.parametrize(
    "message",
    [
        Start("accounts-0", Settings(var=Path("/a var")), ("accounts-0",)),
        Ready("accounts-0", 77),
        Subscribe(),
        Directory({"accounts-0": ADDRESS}, ("markets-0",)),
        Escalated("too often"),
        TakeSnapshots(),
        SnapshotsTaken({"accounts-0": 5}),
        Asks(b"asks"),
        Replies(b"replies"),
        Letters(b"letters"),
    ],
    ids=lambda message: type(message).__name__,
)
def test_messages_arrive_as_they_were_sent(message: object) -> None:
    assert pickle.loads(pickle.dumps(message)) == message  # noqa: S301 (made in the same line)
