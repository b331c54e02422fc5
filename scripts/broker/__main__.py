"""Owns the command that runs a private broker until it is told to stop.

Never leaves anything running; keeps the broker's data only where it is told to.
Called by an operator, as ``python -m scripts.broker [--folder FOLDER] [--port PORT]``.
"""

import argparse
import contextlib
import signal
import sys
import tempfile
from pathlib import Path

from scripts.broker.node import Broker
from scripts.broker.programs import BrokerError


def main() -> int:
    """The program. Returns its exit code."""
    parser = argparse.ArgumentParser(prog="broker", description="Runs a private RabbitMQ on loopback.")
    parser.add_argument(
        "--folder", type=Path, help="where its data are kept; without it they are gone at the end"
    )
    parser.add_argument("--port", type=int, help="where it listens; without it on a free port")
    arguments = parser.parse_args()
    signals = {signal.SIGINT, signal.SIGTERM}
    # Waited for below; the broker's processes get a session of their own and hear nothing of Ctrl-C.
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    with contextlib.ExitStack() as stack:
        folder = arguments.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        try:
            broker = Broker(folder, port=arguments.port)
            stack.callback(broker.stop)
            broker.start()
        except BrokerError as error:
            sys.stderr.write(f"{error}\n")
            return 1
        sys.stdout.write(f"RabbitMQ is there (Ctrl-C stops it): CREDENCE_LOG={broker.url} make run\n")
        sys.stdout.flush()
        signal.sigwait(signals)
    return 0


if __name__ == "__main__":
    sys.exit(main())
