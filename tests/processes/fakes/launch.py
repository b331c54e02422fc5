"""Owns a launcher of the fake programs.

Never starts anything of the exchange but launcher, root and supervisor.
Called by tests, as ``python -m tests.processes.fakes.launch``.
"""

import sys

from actors.processes import launcher

if __name__ == "__main__":
    programs = launcher.Programs(
        tree=(sys.executable, "-m", "tests.processes.fakes.root"),
        web=(sys.executable, "-m", "tests.processes.fakes.web"),
        first_start=(sys.executable, "-c", "print('the first start was here')"),
    )
    sys.exit(launcher.main(programs))
