"""Owns the program at the root of the actor tree: one incarnation of the exchange's own children.

Never restarts anything: it ends, and the launcher starts the next one.
Called by the launcher, through standby; by hand as ``python -m actors.processes.root``.
"""

import os
import sys
from typing import Final

from actors.processes.children import ExchangeSupervisor
from actors.processes.incarnation import run
from actors.processes.lifeline import Lifeline
from actors.processes.settings import Settings, SettingsError

MISCONFIGURED: Final = 2


def main(lifeline: Lifeline | None = None) -> int:
    """The program; ``lifeline`` leads to the launcher if there is one. Returns its exit code."""
    try:
        settings = Settings.from_environment(os.environ)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return MISCONFIGURED
    return run(settings, ExchangeSupervisor, lifeline)


if __name__ == "__main__":
    sys.exit(main())
