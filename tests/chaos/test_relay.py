"""Owns the tests of the relay: it hands on, it is cut, it is mended.

Never goes beyond this machine.
Called by pytest.
"""

import socket
import threading
from collections.abc import Iterator

import pytest

from tests.chaos.relay import Relay


@pytest.fixture
def relay() -> Iterator[Relay]:
    """A relay to a server that says everything once more."""

    def echo() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                while said := connection.recv(100):
                    connection.sendall(said)

    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=echo)
    thread.start()
    made = Relay(*listener.getsockname())
    yield made
    made.close()
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()


def said_back(connection: socket.socket, words: bytes) -> bytes:
    connection.sendall(words)
    return connection.recv(100)


def test_what_passes_is_handed_on_until_the_relay_is_cut_and_again_once_it_is_mended(relay: Relay) -> None:
    with socket.create_connection(("127.0.0.1", relay.port), 5) as connection:
        assert said_back(connection, b"hello") == b"hello"
        relay.cut()
        assert connection.recv(100) == b""
    with socket.create_connection(("127.0.0.1", relay.port), 5) as connection:
        assert connection.recv(100) == b""
    relay.mend()
    with socket.create_connection(("127.0.0.1", relay.port), 5) as connection:
        assert said_back(connection, b"again") == b"again"
