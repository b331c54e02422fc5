"""Owns the program of a tree of fake children.

Never defines them: messages between this program and a test must be of one module.
Called by tests in place of the root: as ``python -m tests.processes.fakes.root``, or through standby.
"""

import os
import sys

from actors.processes import incarnation
from actors.processes.lifeline import Lifeline
from actors.processes.settings import Settings
from tests.processes.fakes.tree import FakeSupervisor


def main(lifeline: Lifeline | None = None) -> int:
    return incarnation.run(Settings.from_environment(os.environ), FakeSupervisor, lifeline)


if __name__ == "__main__":
    sys.exit(main())
