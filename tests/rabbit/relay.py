"""Owns a relay between a client and its broker that a test can hold up, in either direction, and cut.

Never looks at what it passes on.
Called by tests/rabbit.
"""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Final

CHUNK_BYTES: Final = 262_144
SOON_S: Final = 0.1


class Relay:
    """Passes connections on to a local port; ``requests`` and ``answers`` are cleared to hold them up."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._is_away = False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self.requests = threading.Event()
        self.answers = threading.Event()
        self.requests.set()
        self.answers.set()
        self._start(self._accept)

    @property
    def port(self) -> int:
        port: int = self._listener.getsockname()[1]
        return port

    def cut(self) -> None:
        """Ends all connections there are; what was held up is lost."""
        cut, self._sockets = self._sockets, []
        for each in cut:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    @contextlib.contextmanager
    def away(self) -> Iterator[None]:
        """Meanwhile nobody is reached: connections end as soon as they are made."""
        self._is_away = True
        self.cut()
        yield
        self._is_away = False

    @contextlib.contextmanager
    def cutting_soon(self) -> Iterator[None]:
        """Cuts all connections a moment later."""
        timer = threading.Timer(SOON_S, self.cut)
        timer.start()
        yield
        timer.join()

    def close(self) -> None:
        """Ends everything, and waits until it has ended. May be called twice."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self.cut()
        self.requests.set()
        self.answers.set()
        while self._threads:
            self._threads.pop().join()
        self._listener.close()

    def _start(self, target: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                if self._is_away:
                    client.close()
                    continue
                try:
                    broker = socket.create_connection(("127.0.0.1", self._target))
                except OSError:
                    client.close()
                    continue
                for each in (client, broker):
                    each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    self._sockets.append(each)
                self._start(self._pass_on, client, broker, self.requests)
                self._start(self._pass_on, broker, client, self.answers)

    def _pass_on(self, source: socket.socket, target: socket.socket, may_pass: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while chunk := source.recv(CHUNK_BYTES):
                may_pass.wait()
                target.sendall(chunk)
        for each in (source, target):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        source.close()
