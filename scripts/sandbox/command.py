"""Owns the command ``python -m scripts.sandbox [--port N] [--seed N]``.

Never keeps anything: the sandbox and all that was done in it end with the command.
Called by ``__main__.py`` (``make sandbox``) and by tests.
"""

import argparse
import contextlib
import signal
import socket
import sys
from collections.abc import Sequence
from typing import Final

import uvicorn

from scripts.first_start.demo import MEMBERS
from scripts.sandbox.application import Sandbox
from scripts.sandbox.server import ADDRESS, configured
from scripts.sandbox.world import PASSWORD

PORT: Final = 8100
PORT_MAX: Final = 65_535

TOLD: Final = """\
The sandbox is at {url} (Ctrl-C ends it, and all that is in it). Seed: {seed}.
  accounts  staff, {members}; everybody's password: {password}
  clock     PUT {url}/sandbox/clock/    {{"advance_ms": 60000}}
  faults    POST {url}/sandbox/faults/  {{"kind": "answer_lost", "method": "POST"}}
  reset     POST {url}/sandbox/reset/
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command until it is interrupted, and returns its exit status."""
    options = _parser().parse_args(arguments)
    # Also where it was started with interrupts ignored; what asks it to end ends it as an interrupt does.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        listening = socket.create_server((ADDRESS, options.port))
    except OSError as error:
        print(f"The sandbox can't listen at port {options.port}: {error.strerror}.", file=sys.stderr)
        return 1
    with listening, contextlib.closing(Sandbox(options.seed)) as sandbox:
        server = uvicorn.Server(configured(sandbox, options.port))
        url = f"http://{ADDRESS}:{options.port}"
        told = TOLD.format(url=url, seed=options.seed, members=", ".join(MEMBERS), password=PASSWORD)
        print(told, end="", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            server.run(sockets=[listening])
    return 0 if server.started else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="sandbox", description="A whole exchange in one process, for tests."
    )
    parser.add_argument("--port", type=_port, default=PORT, help=f"of the loopback (default: {PORT})")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same sandbox")
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= PORT_MAX:
        raise argparse.ArgumentTypeError(f"a port from 1 to {PORT_MAX} is needed")
    return int(text)
