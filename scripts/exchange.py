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
from typing import Final, NamedTuple

START_WITHIN_S: Final = 60.0
STOP_WITHIN_S: Final = 10.0
LOOK_EVERY_S: Final = 0.05
ROOT: Final = Path(__file__).resolve().parents[1]


class ExchangeError(Exception):
    """The exchange did not start; the message holds the last lines of what it said."""


class Exchange(NamedTuple):
    """A running exchange."""

    url: str
    var: Path
    staff_password: str
    launcher: subprocess.Popen[bytes]


@contextlib.contextmanager
def running_exchange(extra: Mapping[str, str] | None = None, var: Path | None = None) -> Iterator[Exchange]:
    """Starts the exchange, waits until it is ready, stops it at the end.

    ``extra``: more CREDENCE_ variables. ``var``: its state, kept; without it a temporary one.
    """
    with contextlib.ExitStack() as stack:
        folder = var or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="credence-")))
        password = secrets.token_urlsafe(16)
        port = free_port()
        environment = {name: value for name, value in os.environ.items() if not name.startswith("CREDENCE_")}
        environment |= {
            "CREDENCE_VAR": str(folder),
            "CREDENCE_PORT": str(port),
            "CREDENCE_STAFF_PASSWORD": password,
            "CREDENCE_DEMO": "0",
        }
        said = stack.enter_context((folder / "launcher.out").open("w+b"))
        launcher = subprocess.Popen(
            [sys.executable, "-m", "actors.processes.launcher"],
            cwd=ROOT,
            env=environment | dict(extra or {}),
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        stack.callback(_stop, launcher)
        exchange = Exchange(f"http://127.0.0.1:{port}", folder, password, launcher)
        _wait_until_ready(exchange, port)
        yield exchange


def free_port() -> int:
    """A port of the loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _wait_until_ready(exchange: Exchange, port: int) -> None:
    give_up = time.monotonic() + START_WITHIN_S
    while time.monotonic() < give_up and exchange.launcher.poll() is None:
        if _is_ready(port):
            return
        time.sleep(LOOK_EVERY_S)
    said = (exchange.var / "launcher.out").read_text(errors="replace")
    raise ExchangeError(f"the exchange did not become ready:\n{said[-4000:]}")


def _is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/v3/")
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
