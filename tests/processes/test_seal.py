"""Owns the tests of the seal: what nobody of the tree has sealed is not unpickled, nor by an actor at work.

Never tests who may read a key: that is the file of the tree, in test_transport.
Called by pytest.
"""

import pickle
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
from thespian.system.transport.streamBuffer import ackDataErrMsg, ackMsg, ackPacket, toSendBuffer

from actors.processes import seal
from actors.processes.settings import Settings
from tests.processes.programs import Program, started
from tests.processes.visitor import visiting

KEY = b"k" * seal.KEY_BYTES
OTHER = b"o" * seal.KEY_BYTES
ANSWERED_WITHIN_S = 5.0


class Evil:
    """Unpickled, it makes a file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> tuple[object, ...]:
        return (Path.touch, (self._path,))


@pytest.fixture(autouse=True)
def known() -> Iterator[None]:
    before = list(seal._keys)
    seal._keys.clear()
    seal.use(KEY)
    yield
    seal._keys.clear()
    seal._keys.extend(before)


def test_what_was_sealed_is_read() -> None:
    for message in ("word", b"", {"a": [1, 2]}, b"x" * 1_000_000):
        assert seal.loads(seal.dumps(message, KEY)) == message


@pytest.mark.parametrize("sealed_with", [None, OTHER])
def test_what_a_stranger_sent_is_not_even_looked_at(tmp_path: Path, sealed_with: bytes | None) -> None:
    evil = Evil(tmp_path / "was here")
    frame = pickle.dumps(evil) if sealed_with is None else seal.dumps(evil, sealed_with)
    with pytest.raises(seal.UnsealedError):
        seal.loads(frame)
    assert not (tmp_path / "was here").exists()


@pytest.mark.parametrize("place", [0, seal.SEAL_BYTES, -1])
def test_what_was_changed_on_its_way_is_refused(place: int) -> None:
    frame = bytearray(seal.dumps("word", KEY))
    frame[place] ^= 1
    with pytest.raises(seal.UnsealedError):
        seal.loads(bytes(frame))


@pytest.mark.parametrize("length", range(seal.SEAL_BYTES + 1))
def test_what_is_too_short_is_refused(length: int) -> None:
    with pytest.raises(seal.UnsealedError):
        seal.loads(seal.dumps("word", KEY)[:length])


def test_acknowledgements_need_no_seal() -> None:
    assert seal.loads(ackMsg.partition(b">")[2]) == ackPacket


def test_the_last_trees_joined_are_known_and_the_last_one_is_sealed_for() -> None:
    keys = [bytes([number]) * seal.KEY_BYTES for number in range(seal.KEYS_KEPT_MAX)]
    for key in [*keys, keys[1]]:
        seal.use(key)
    assert seal.key() == keys[1]
    for key in keys:
        assert seal.loads(seal.dumps("word", key)) == "word"
    with pytest.raises(seal.UnsealedError):
        seal.loads(seal.dumps("word", KEY))


@pytest.fixture
def tree(tmp_path: Path) -> Iterator[Program]:
    with started(Settings(var=tmp_path), "tests.processes.fakes.root") as running:
        yield running


@pytest.mark.whole
def test_no_port_of_a_tree_unpickles_what_a_stranger_sends(tree: Program, tmp_path: Path) -> None:
    with visiting(tree.settings) as visitor:
        visitor.directory()
        message = toSendBuffer((visitor.tree.supervisor, Evil(tmp_path / "was here")))
        processes = [psutil.Process(tree.pid), *psutil.Process(tree.pid).children(recursive=True)]
        ports = {
            connection.laddr.port
            for process in processes
            for connection in process.net_connections("inet")
            if connection.status == psutil.CONN_LISTEN
        }
        # Only who waits for messages reads its port: the supervisor, its children and the admin do.
        with ThreadPoolExecutor(len(ports)) as pool:
            answers = list(pool.map(lambda port: answer_to(port, message), ports))
        assert answers.count(ackDataErrMsg) >= 5
        assert not (tmp_path / "was here").exists()
        assert set(visitor.directory().addresses) == {"one", "two", "three"}, "all are still at work"


def answer_to(port: int, message: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=ANSWERED_WITHIN_S) as connection:
        connection.sendall(message)
        try:
            return connection.recv(1_000)
        except (TimeoutError, ConnectionResetError):
            return b""
