"""Owns an exchange that a command starts for itself: own temporary state, own port, gone afterwards.

Never touches an exchange that somebody else runs.
Called by the replay, by the benchmarks and by tests that need the whole exchange.
"""

import contextlib
import http.client
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

START_WITHIN_S: Final = 60.0
STOP_WITHIN_S: Final = 30.0
"""Thrice what it allows itself: whoever goes on while it ends finds its state still changing."""
LOOK_EVERY_S: Final = 0.05
SAID_BYTES_MAX: Final = 4_000
ROOT: Final = Path(__file__).resolve().parents[1]


class ExchangeError(Exception):
    """The exchange did not start; the message holds the last lines of what it said."""


class Exchange(NamedTuple):
    """A running exchange."""

    port: int
    var: Path
    staff_password: str
    launcher: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextlib.contextmanager
def running_exchange(extra: Mapping[str, str] | None = None, var: Path | None = None) -> Iterator[Exchange]:
    """Starts the exchange, waits until it is ready, stops it at the end.

    ``extra``: more CREDENCE_ variables. ``var``: its state, kept; without it a temporary one.
    """
    with contextlib.ExitStack() as stack:
        folder = var or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="credence-")))
        environment = {name: value for name, value in os.environ.items() if not name.startswith("CREDENCE_")}
        environment |= {
            "CREDENCE_VAR": str(folder),
            "CREDENCE_PORT": str(free_port()),
            # It goes into command lines, too: it must not begin like an option.
            "CREDENCE_STAFF_PASSWORD": secrets.token_hex(16),
            "CREDENCE_DEMO": "0",
        }
        environment |= extra or {}
        said = stack.enter_context((folder / "launcher.out").open("w+b"))
        launcher = _launch(environment, said)
        stack.callback(_stop, launcher)
        port = int(environment["CREDENCE_PORT"])
        try:
            wait_until_answered(port, "/v3/", launcher)
        except ExchangeError as error:
            said.seek(0)
            last_lines = said.read()[-SAID_BYTES_MAX:].decode(errors="replace")
            raise ExchangeError(f"{error}:\n{last_lines}") from None
        yield Exchange(port, folder, environment["CREDENCE_STAFF_PASSWORD"], launcher)


def _launch(environment: Mapping[str, str], said: BinaryIO) -> subprocess.Popen[bytes]:
    """In a session of its own: Ctrl-C is for the command, which then stops the exchange in order."""
    return subprocess.Popen(
        [sys.executable, "-m", "actors.processes.launcher"],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=said,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def free_port() -> int:
    """A port of the loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def wait_until_answered(port: int, path: str, process: subprocess.Popen[bytes]) -> None:
    """Until GET is answered with 200. Raises ``ExchangeError`` if the process ends or it takes too long."""
    give_up = time.monotonic() + START_WITHIN_S
    while not _is_answered(port, path):
        if time.monotonic() > give_up or process.poll() is not None:
            raise ExchangeError(f"nothing answers on port {port}")
        time.sleep(LOOK_EVERY_S)


def _is_answered(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _stop(launcher: subprocess.Popen[bytes]) -> None:
    """As Ctrl-C does; if that is not enough, by force, so that a command never hangs."""
    launcher.send_signal(signal.SIGINT)
    try:
        launcher.wait(STOP_WITHIN_S)
    except subprocess.TimeoutExpired:
        launcher.kill()
        launcher.wait()
