"""Owns a way to a server that can be cut: while it is, the server is down for who comes this way.

Never looks at what passes.
Called by the disturbances, before a real document server that is not the rig's to stop.
"""

import contextlib
import socket
import threading
from typing import Final

CHUNK_BYTES: Final = 65_536
LOOK_EVERY_S: Final = 0.1


class Relay:
    """Listens on a port of the loopback, and hands on what comes, both ways."""

    def __init__(self, host: str, port: int) -> None:
        self._server = (host, port)
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()
        self._down = False
        self._closed = False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(LOOK_EVERY_S)
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        port: int = self._listener.getsockname()[1]
        return port

    def cut(self) -> None:
        """Ends every connection, and each new one at once."""
        with self._guard:
            self._down = True
        self._end_connections()

    def mend(self) -> None:
        with self._guard:
            self._down = False

    def close(self) -> None:
        self._closed = True
        self._thread.join()
        self._listener.close()
        self._end_connections()

    def _accept(self) -> None:
        while not self._closed:
            try:
                client, _ = self._listener.accept()
            except TimeoutError:
                continue
            with self._guard:
                if self._down:
                    client.close()
                    continue
            try:
                server = socket.create_connection(self._server)
            except OSError:
                client.close()
                continue
            client.settimeout(None)
            with self._guard:
                self._open |= {client, server}
            for source, destination in ((client, server), (server, client)):
                threading.Thread(target=self._hand_on, args=(source, destination), daemon=True).start()

    def _hand_on(self, source: socket.socket, destination: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while chunk := source.recv(CHUNK_BYTES):
                destination.sendall(chunk)
        self._end(source, destination)

    def _end_connections(self) -> None:
        with self._guard:
            several = tuple(self._open)
        self._end(*several)

    def _end(self, *several: socket.socket) -> None:
        with self._guard:
            self._open -= set(several)
        for one in several:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
