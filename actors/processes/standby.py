"""Owns the program that has imported all that another one needs, and becomes it when it is its turn.

Never begins by itself, opens nothing before.
Called by the launcher, as ``python -m actors.processes.standby NAME MODULE``.

Importing is most of what a start costs. ``MODULE`` has a ``main(lifeline)``, which returns an exit code.
Taking apart what was imported is most of what an end costs, and the next one waits for it: it is left to the
kernel.
"""

import importlib
import os
import socket
import sys
from pathlib import Path
from typing import Never, Protocol, cast

from setproctitle import setproctitle

from actors.processes.lifeline import Lifeline
from actors.processes.settings import Settings


class Module(Protocol):
    """What is asked of a module."""

    def main(self, lifeline: Lifeline) -> int: ...


def main(name: str, module: str) -> Never:
    """The program."""
    setproctitle(f"credence standby-{name} {Settings.from_environment(os.environ).var}")
    end = socket.socket(fileno=os.dup(sys.stdin.fileno()))
    # What is forked from here on closes its standard input, which must not be the line then.
    with Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), sys.stdin.fileno())
    program = cast("Module", importlib.import_module(module))
    lifeline = Lifeline(end)
    code = program.main(lifeline) if lifeline.wait() else 0
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    main(*sys.argv[1:])
