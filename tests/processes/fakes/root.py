"""Owns the program of a tree of fake children.

Never defines them: messages between this program and a test must be of one module.
Called by tests, as ``python -m tests.processes.fakes.root`` in place of the root.
"""

import os
import sys

from actors.processes import incarnation
from actors.processes.settings import Settings
from tests.processes.fakes.tree import FakeSupervisor

if __name__ == "__main__":
    sys.exit(incarnation.run(Settings.from_environment(os.environ), FakeSupervisor))
