"""Owns the command that runs a private broker until it is told to stop.

Never leaves anything running; keeps the broker's data only where it is told to.
Called by an operator, as ``python -m scripts.broker [--folder FOLDER] [--port PORT]``; with ``--install`` by
``make test``, so that no test has to wait for a package.
"""

import argparse
import contextlib
import signal
import sys
import tempfile
from pathlib import Path

from scripts.broker.node import Broker
from scripts.broker.programs import BrokerError, need_programs


def main() -> int:
    """The program. Returns its exit code."""
    parser = argparse.ArgumentParser(prog="broker", description="Runs a private RabbitMQ on loopback.")
    parser.add_argument(
        "--folder", type=Path, help="where its data are kept; without it they are gone at the end"
    )
    parser.add_argument("--port", type=int, help="where it listens; without it on a free port")
    parser.add_argument("--install", action="store_true", help="only see to it that RabbitMQ is here")
    arguments = parser.parse_args()
    try:
        return _install() if arguments.install else _run(arguments.folder, arguments.port)
    except BrokerError as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _install() -> int:
    need_programs()
    return 0


def _run(folder: Path | None, port: int | None) -> int:
    signals = {signal.SIGINT, signal.SIGTERM}
    # Waited for below; the broker's processes get a session of their own and hear nothing of Ctrl-C.
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    with contextlib.ExitStack() as stack:
        broker = Broker(folder or Path(stack.enter_context(tempfile.TemporaryDirectory())), port=port)
        stack.callback(broker.stop)
        broker.start()
        sys.stdout.write(f"RabbitMQ is there (Ctrl-C stops it): CREDENCE_LOG={broker.url} make run\n")
        sys.stdout.flush()
        signal.sigwait(signals)
    return 0


if __name__ == "__main__":
    sys.exit(main())
