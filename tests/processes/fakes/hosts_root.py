"""Owns the program of a tree of fake hosts.

Never defines them: Thespian finds an actor's class by the name of its module.
Called by tests, as ``python -m tests.processes.fakes.hosts_root`` in place of the root.
"""

import os
import sys

from actors.processes import incarnation
from actors.processes.settings import Settings
from tests.processes.fakes.hosts import FakeHosts

if __name__ == "__main__":
    sys.exit(incarnation.run(Settings.from_environment(os.environ), FakeHosts))
